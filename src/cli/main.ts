#!/usr/bin/env node
/** The program. Compiled code is kept between runs, so the cache is opened before anything is loaded. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
const { runProgram } = await import('./program/run-program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
