import type { OperandDeclaration } from '../command/command.ts';

export const ruleOperand = {
  name: 'rule',
  meaning: 'the number of a rule, as `slipway build-rule list` shows it',
} as const satisfies OperandDeclaration;
