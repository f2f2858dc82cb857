import { defineSensorInput } from '../sensors/sensor-input.js';

/** Relative humidity in percent: of a sensor that the kernel drives (industrial I/O, hwmon), or a BME280 on I2C. */
export const humidityInput = defineSensorInput('humidity');
