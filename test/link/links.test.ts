import { linkSuite } from './link-suite.js';
import {
  drop5,
  inProcessStage,
  mosquittoStage,
  olderStage,
  refuse5,
  tcpStage,
  webSocketStage,
} from './stages.js';

linkSuite('inside the process of the embedded broker', inProcessStage);
linkSuite('to the embedded broker over TCP', tcpStage);
linkSuite('to the embedded broker over WebSocket', webSocketStage);
linkSuite('to Mosquitto', mosquittoStage);
linkSuite('to a broker that refuses MQTT 5', () => olderStage(refuse5));
linkSuite('to a broker that hangs up on MQTT 5', () => olderStage(drop5));
