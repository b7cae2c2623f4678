// What failures say goes into payloads, which a codec encrypts; in the open they are "Encoded failure".
// CommonJS, since the SDK loads it by `require`: in the worker, and in the bundle of encrypted histories.
const { DefaultFailureConverter } = require("@temporalio/common");

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
