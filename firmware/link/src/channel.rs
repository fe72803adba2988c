//! One session's reliable sequence: one message under way in each direction, repeated until it
//! is acknowledged, handed over once and in order. Knows nothing of what the messages say.

use serde::Serialize;

use crate::frame::{Header, MessageBytes, Side, encode};
use crate::message::Session;

/// Times of the link, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// An unacknowledged message is repeated after this.
    pub repeat_ms: u32,
    /// A silent end says that it is there after this.
    pub alive_ms: u32,
    /// An end that was silent for this long is gone.
    pub gone_ms: u32,
}

impl Default for Timing {
    /// Repeat after 150 ms (a full frame takes 30 ms at 115200 baud), alive every 500 ms, gone
    /// after 2 s.
    fn default() -> Self {
        Self {
            repeat_ms: 150,
            alive_ms: 500,
            gone_ms: 2_000,
        }
    }
}

#[derive(Clone, Debug)]
struct UnderWay {
    message: MessageBytes,
    /// `None`: not sent yet.
    sent_ms: Option<u64>,
}

/// What a received frame means for the sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// The message under way has arrived.
    pub(crate) acknowledged: bool,
    /// The frame's message is the next one: hand it over.
    pub(crate) deliver: bool,
}

/// The sequence of one session, as one end sees it.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    side: Side,
    timing: Timing,
    session: Session,
    sent: u32,
    under_way: Option<UnderWay>,
    received: u32,
    answer_due: bool,
    last_sent_ms: u64,
}

impl Channel {
    pub(crate) fn new(side: Side, timing: Timing) -> Self {
        Self {
            side,
            timing,
            session: Session::default(),
            sent: 0,
            under_way: None,
            received: 0,
            answer_due: false,
            last_sent_ms: 0,
        }
    }

    /// Begins a session; what was under way in the old one is dropped.
    pub(crate) fn begin(&mut self, session: Session) {
        *self = Self {
            session,
            last_sent_ms: self.last_sent_ms,
            ..Self::new(self.side, self.timing)
        };
    }

    pub(crate) const fn session(&self) -> Session {
        self.session
    }

    pub(crate) const fn is_free(&self) -> bool {
        self.under_way.is_none()
    }

    /// Puts a message under way. False when another one is, or when it is too long.
    pub(crate) fn put(&mut self, message: &impl Serialize) -> bool {
        if !self.is_free() {
            return false;
        }
        let Some(message) = to_bytes(message) else {
            return false;
        };
        self.sent = self.sent.wrapping_add(1);
        self.under_way = Some(UnderWay {
            message,
            sent_ms: None,
        });
        true
    }

    /// From now on repeat this in the place of the message under way. Whether the other end
    /// already has the old one cannot be known.
    pub(crate) fn replace(&mut self, message: &impl Serialize) {
        if let (Some(under_way), Some(message)) = (&mut self.under_way, to_bytes(message)) {
            under_way.message = message;
        }
    }

    /// Takes a frame of this session.
    pub(crate) fn receive(&mut self, header: &Header) -> Received {
        let acknowledged = self
            .under_way
            .as_ref()
            .is_some_and(|message| message.sent_ms.is_some())
            && header.acknowledged == self.sent;
        if acknowledged {
            self.under_way = None;
        }
        let deliver = header.sequence != 0 && header.sequence == self.received.wrapping_add(1);
        if deliver {
            self.received = header.sequence;
        }
        self.answer_due |= header.sequence != 0;
        Received {
            acknowledged,
            deliver,
        }
    }

    /// Sends what is due: the message under way, or a bare acknowledgement, or a sign of life.
    pub(crate) fn flush(&mut self, now_ms: u64, send: impl FnOnce(&[u8])) {
        let repeat_ms = u64::from(self.timing.repeat_ms);
        let message_due = self.under_way.as_ref().is_some_and(|message| {
            message
                .sent_ms
                .is_none_or(|sent_ms| now_ms >= sent_ms.saturating_add(repeat_ms))
        });
        if message_due && let Some(under_way) = &mut self.under_way {
            under_way.sent_ms = Some(now_ms);
        } else if !self.answer_due && now_ms < self.alive_due_ms() {
            return;
        }
        let (sequence, message) = match &self.under_way {
            Some(under_way) if message_due => (self.sent, under_way.message.as_slice()),
            _ => (0, &[][..]),
        };
        let header = Header {
            from: self.side,
            session: self.session,
            sequence,
            acknowledged: self.received,
        };
        self.answer_due = false;
        self.last_sent_ms = now_ms;
        if let Some(frame) = encode(&header, message) {
            send(&frame);
        }
    }

    /// When [`flush`](Self::flush) has something to do if nothing else happens.
    pub(crate) fn next_ms(&self) -> u64 {
        let repeat = self.under_way.as_ref().map(|message| {
            message.sent_ms.map_or(0, |sent_ms| {
                sent_ms.saturating_add(u64::from(self.timing.repeat_ms))
            })
        });
        repeat.unwrap_or(u64::MAX).min(self.alive_due_ms())
    }

    fn alive_due_ms(&self) -> u64 {
        self.last_sent_ms
            .saturating_add(u64::from(self.timing.alive_ms))
    }
}

/// A frame outside the sequence.
pub(crate) fn send_outside(
    from: Side,
    session: Session,
    message: &impl Serialize,
    send: impl FnOnce(&[u8]),
) {
    let header = Header {
        from,
        session,
        sequence: 0,
        acknowledged: 0,
    };
    let frame = to_bytes(message).and_then(|message| encode(&header, &message));
    if let Some(frame) = frame {
        send(&frame);
    }
}

fn to_bytes(message: &impl Serialize) -> Option<MessageBytes> {
    let mut bytes = MessageBytes::new();
    bytes.resize_default(bytes.capacity()).ok()?;
    let len = postcard::to_slice(message, &mut bytes).ok()?.len();
    bytes.truncate(len);
    Some(bytes)
}
