import { z } from 'zod';

const TOPIC_FILTER = /^(?:#|(?:\+|[^+#/\0]*)(?:\/(?:\+|[^+#/\0]*))*(?:\/#)?)$/u;

/** An MQTT topic, or a filter with wildcards (MQTT 5.0, section 4.7). */
export const topicOption = z
  .string()
  .min(1)
  .max(1000)
  .regex(TOPIC_FILTER, 'an MQTT topic such as house/says, or a filter such as house/+/says');
