/**
 * What every connection object of ours is made of: one certificate, three transceivers in a fixed order, two data
 * channels. One can be made ready in the lobby: nothing is gathered and nothing leaves before it is used.
 */

/** @typedef {"audio" | "camera" | "screen"} Kind */
/** @typedef {Record<Kind, MediaStreamTrack | null>} Tracks */

/** @type {readonly Kind[]} */
export const KINDS = Object.freeze(["audio", "camera", "screen"]);

/**
 * @typedef {object} Settings
 * @property {RTCCertificate} certificate
 * @property {RTCIceServer[]} servers
 * @property {RTCIceTransportPolicy} policy
 */

/**
 * A connection object with its transceivers and the channel `ctl`. The older side has neither before the first offer.
 * @typedef {object} Fitted
 * @property {RTCPeerConnection} pc
 * @property {RTCRtpTransceiver[]} transceivers
 * @property {RTCDataChannel | null} ctl
 * @property {RTCSessionDescriptionInit | null} offer the first offer, where it was made beforehand
 */

/**
 * An empty connection object.
 * @param {Settings} settings
 * @returns {Fitted}
 */
export function bare({ certificate, servers, policy }) {
  const pc = new RTCPeerConnection({
    certificates: [certificate],
    iceServers: servers,
    iceTransportPolicy: policy,
    bundlePolicy: "max-bundle",
    rtcpMuxPolicy: "require",
    iceCandidatePoolSize: 0,
  });
  return { pc, transceivers: [], ctl: null, offer: null };
}

/**
 * Gives an empty one all that the first offer is to name.
 * @param {Fitted} fitted
 */
export function fitForOffer(fitted) {
  const face = new MediaStream();
  openChannels(fitted);
  for (const kind of KINDS) {
    const streams = kind === "screen" ? [] : [face];
    const media = kind === "audio" ? "audio" : "video";
    fitted.transceivers.push(fitted.pc.addTransceiver(media, { direction: "sendrecv", streams }));
  }
}

/**
 * Takes over what somebody else's first offer made. Throws TypeError when that is not what ours makes.
 * @param {Fitted} fitted
 */
export function fitToOffer(fitted) {
  const face = new MediaStream();
  const transceivers = fitted.pc.getTransceivers();
  const media = transceivers.map((transceiver) => transceiver.receiver.track.kind).join();
  if (media !== "audio,video,video") throw new TypeError("unexpected media");
  openChannels(fitted);
  for (const [place, transceiver] of transceivers.entries()) {
    transceiver.direction = "sendrecv";
    if (place < 2) transceiver.sender.setStreams(face);
  }
  fitted.transceivers.push(...transceivers);
}

/**
 * One made in the lobby, ready to offer; the offer itself is made too, which gathers nothing. The browser has then
 * loaded all that it needs.
 * @param {RTCCertificate} certificate
 * @returns {Promise<Fitted>}
 */
export async function prepare(certificate) {
  const spare = bare({ certificate, servers: [], policy: "relay" });
  fitForOffer(spare);
  spare.offer = await spare.pc.createOffer();
  return spare;
}

/**
 * Other servers for a connection object.
 * @param {RTCPeerConnection} pc
 * @param {RTCIceServer[]} servers
 * @param {RTCIceTransportPolicy} [policy]
 */
export function serve(pc, servers, policy) {
  const now = pc.getConfiguration();
  pc.setConfiguration({ ...now, iceServers: servers, iceTransportPolicy: policy ?? now.iceTransportPolicy });
}

/** @param {Fitted} fitted */
function openChannels(fitted) {
  fitted.ctl = fitted.pc.createDataChannel("ctl", { negotiated: true, id: 0 });
  fitted.pc.createDataChannel("text", { negotiated: true, id: 1 });
}
