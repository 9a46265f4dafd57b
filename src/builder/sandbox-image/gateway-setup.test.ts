import { describe, expect, test } from 'vitest';
import { planGateway } from './gateway-setup.ts';

const hubNames = ['registry-1.docker.io', 'index.docker.io'];

describe('planGateway', () => {
  test('a loopback name gets plain listeners on its port, under both families', () => {
    const plan = planGateway({ publicHost: 'localhost:5000', publicScheme: 'http', aliases: [] });

    expect(plan).toEqual({
      certificateNames: [],
      addresses: [],
      hosts: [],
      listeners: [
        { address: '127.0.0.1', port: 5_000, tls: false },
        { address: '::1', port: 5_000, tls: false },
      ],
      redirects: [],
      insecureRegistries: [],
    });
  });

  test('aliases share one address and one certificate', () => {
    const plan = planGateway({
      publicHost: 'localhost:5000',
      publicScheme: 'http',
      aliases: hubNames,
    });

    expect(plan.certificateNames).toEqual(hubNames);
    expect(plan.hosts).toEqual(hubNames.map((name) => ['10.255.0.1', name]));
    expect(plan.listeners).toContainEqual({ address: '10.255.0.1', port: 443, tls: true });
  });

  test('a public name on the usual port joins the aliases', () => {
    const plan = planGateway({
      publicHost: 'hub.example.com',
      publicScheme: 'https',
      aliases: hubNames,
    });

    expect(plan.certificateNames).toEqual(['hub.example.com', ...hubNames]);
    expect(plan.addresses).toEqual(['10.255.0.1/32']);
    expect(plan.listeners).toEqual([{ address: '10.255.0.1', port: 443, tls: true }]);
    expect(plan.redirects).toEqual([]);
  });

  test('a public name with a port listens elsewhere, behind a redirect', () => {
    const plan = planGateway({
      publicHost: 'hub.example.com:8443',
      publicScheme: 'https',
      aliases: [],
    });

    const [listener] = plan.listeners;
    expect(plan.hosts).toEqual([['10.255.0.2', 'hub.example.com']]);
    expect(plan.redirects).toEqual([{ address: '10.255.0.2', port: 8_443, to: listener?.port }]);
    expect(listener).toMatchObject({ address: '127.0.0.1', tls: true });
  });

  test('an address is its own address inside, and no line of the hosts file', () => {
    const plan = planGateway({
      publicHost: '192.0.2.7:5000',
      publicScheme: 'http',
      aliases: [],
    });

    expect(plan.addresses).toEqual(['192.0.2.7/32']);
    expect(plan.hosts).toEqual([]);
    expect(plan.insecureRegistries).toEqual(['192.0.2.7:5000']);
  });

  test('an address of the newer family is taken without its brackets', () => {
    const plan = planGateway({
      publicHost: '[2001:db8::7]:5000',
      publicScheme: 'https',
      aliases: [],
    });

    expect(plan.addresses).toEqual(['2001:db8::7/128']);
    expect(plan.certificateNames).toEqual(['2001:db8::7']);
  });
});
