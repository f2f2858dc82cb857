import { defineSensorInput } from '../sensors/sensor-input.js';

/** Air pressure in hPa: of a sensor of the kernel's industrial I/O, or a BME280 or BMP280 on I2C. */
export const pressureInput = defineSensorInput('pressure');
