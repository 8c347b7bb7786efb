/**
 * The shapes of signalling, as the browser sees them (docs/protocol.md), and the few limits both ends know.
 */

/** @typedef {"officer" | "resident" | "representative" | "interpreter" | "companion"} Role */
/** @typedef {"new" | "waiting" | "inside" | "aside" | "gone"} ServerPhase */
/** @typedef {{ why: string, by: string }} Paused */

/**
 * @typedef {object} Member
 * @property {string} id
 * @property {number} gen
 * @property {number} join
 * @property {Role} role
 * @property {string} name
 * @property {string} ident
 * @property {boolean} host
 * @property {boolean} aside
 * @property {"here" | "reconnecting"} link
 */

/**
 * @typedef {object} WaitingPerson
 * @property {string} id
 * @property {Role} role
 * @property {string} name
 * @property {string} ident
 * @property {string} since
 * @property {{ devices: string, test: string } | null} ready
 * @property {boolean} other_device
 */

/**
 * @typedef {object} MeetingFacts
 * @property {string} state
 * @property {boolean} locked
 * @property {Paused | null} paused
 * @property {string} topology
 * @property {RTCIceTransportPolicy} ice_policy
 * @property {number} max_video
 * @property {string} ends_at
 */

/**
 * @typedef {object} Welcome
 * @property {"welcome"} t
 * @property {{ id: string, gen: number, role: Role, host: boolean }} you
 * @property {ServerPhase} phase
 * @property {string} token
 * @property {number} v
 * @property {string} time
 */

/**
 * @typedef {object} Lobby
 * @property {"lobby"} t
 * @property {boolean} host_present
 * @property {string} since
 * @property {string | null} phrase
 * @property {boolean} locked
 * @property {string} phone
 */

/**
 * @typedef {object} State
 * @property {"state"} t
 * @property {number} v
 * @property {MeetingFacts} meeting
 * @property {{ phase: ServerPhase, permits: string[] }} you
 * @property {number} epoch
 * @property {Member[]} roster
 * @property {WaitingPerson[]} [waiting]
 */

/**
 * @typedef {object} Ice
 * @property {"ice"} t
 * @property {RTCIceServer[]} servers
 * @property {string} expires
 */

/** @typedef {{ t: "ping", k: number, v: number }} Ping */
/** @typedef {{ t: "ok", re: number }} Ok */
/** @typedef {{ t: "error", code: string, re?: number, to?: string, n?: number }} Refusal */
/** @typedef {{ t: "bye", why: string }} Bye */

/**
 * A pair message as it arrives. Which further fields there are depends on `t`.
 * @typedef {object} PairFrame
 * @property {"description" | "candidate" | "restart" | "commit" | "reveal" | "received"} t
 * @property {string} from
 * @property {number} from_gen
 * @property {number} n
 * @property {number} pc
 * @property {RTCSdpType} kind
 * @property {string} sdp
 * @property {string} candidate
 * @property {string | null} mid
 * @property {number | null} line
 * @property {string | null} ufrag
 * @property {boolean} rebuild
 * @property {number} upto
 */

/** @typedef {Welcome | Lobby | State | Ice | Ping | Ok | Refusal | Bye | PairFrame} ServerFrame */

export const SUBPROTOCOL = "motas.v1";
export const CONNECT_MS = 2000;
export const SILENT_MS = 25_000;
export const RESUME_MS = 60_000;
export const FLOOD_PAUSE_MS = 30_000;

/** Close codes, as in docs/protocol.md section 7. */
export const CLOSE = Object.freeze({
  malformed: 1003,
  tooLarge: 1009,
  restarting: 1012,
  notAccepted: 4401,
  removed: 4403,
  replaced: 4409,
  ended: 4410,
  flooding: 4429,
});

/**
 * One frame as an object, or null for what this client does not understand.
 * @param {unknown} data
 * @returns {ServerFrame | null}
 */
export function readFrame(data) {
  if (typeof data !== "string") return null;
  try {
    const frame = JSON.parse(data);
    return frame !== null && typeof frame === "object" && typeof frame.t === "string" ? frame : null;
  } catch {
    return null;
  }
}

/**
 * @param {ServerFrame} frame
 * @returns {frame is PairFrame}
 */
export function isPairFrame(frame) {
  return "from" in frame;
}
