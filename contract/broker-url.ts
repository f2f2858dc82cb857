import { z } from 'zod';

/** The address of a broker. */
export const brokerUrlSchema = z
  .string()
  .regex(/^(mqtts?|wss?|tcp|ssl):\/\/\S+$/, 'a broker address such as mqtt://192.168.1.10:1883');

/** An address without the user and the password that may stand in it. */
export function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/)[^@/]*@/, '$1');
}
