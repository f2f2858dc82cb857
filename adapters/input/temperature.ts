import { defineSensorInput } from '../sensors/sensor-input.js';

/** Degrees C of one sensor: the kernel's (industrial I/O, 1-wire, hardware monitoring), or a BME280 on I2C. */
export const temperatureInput = defineSensorInput('temperature');
