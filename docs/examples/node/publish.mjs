// Publish two observations with the official CloudEvents SDK: publish.mjs PLATFORM_URL SOURCE_URI PRIVATE_KEY_FILE KEYID NAME [tamper]
import { createHash, createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";

const [url, source, keyFile, keyid, name, tamper] = process.argv.slice(2);
const key = createPrivateKey(readFileSync(keyFile));
const kind = "https://cloudevents.io/verifiability/dsse/v0.1";
const sha256 = (bytes) => createHash("sha256").update(bytes).digest();

// JSON as RFC 8785 writes it, for data that has no fractions.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((each) => `${JSON.stringify(each)}:${canonical(value[each])}`).join(",")}}`;
}

function signed(id) {
  const data = {
    observation: id,
    kind: "material_conflict",
    what: { vocabulary: "cameo", code: "193" },
    where: { country: "SDN" },
    when: { first: "2023-10-09", last: "2023-10-09", precision: "day" },
  };
  const event = new CloudEvent({
    id,
    source,
    type: "entente.observations.reported.v2",
    datacontenttype: "application/json",
    time: "2023-10-09T00:00:00.000Z",
    data,
  });
  const said = [event.id, event.source, event.specversion, event.type, event.datacontenttype, "", "", event.time, canonical(data)];
  const payload = sha256(Buffer.concat(said.map(sha256)));
  const toSign = Buffer.concat([Buffer.from(`DSSEv1 ${kind.length} ${kind} ${payload.length} `), payload]);
  const envelope = {
    payload: payload.toString("base64"),
    payloadType: kind,
    signatures: [{ keyid, sig: sign(null, toSign, key).toString("base64") }],
  };
  const dssematerial = Buffer.from(JSON.stringify(envelope)).toString("base64");
  return event.cloneWith({ dssematerial, data: tamper ? { ...data, kind: "verbal_conflict" } : JSON.parse(canonical(data)) });
}

for (const [mode, write] of [["binary", HTTP.binary], ["structured", HTTP.structured]]) {
  const { headers, body } = write(signed(`${name}-${mode}`));
  const answer = await fetch(`${url}/gateway/events`, { method: "POST", headers, body });
  console.log(await answer.text());
}
