//! What the till wants done after a step. The runtime commits first; whatever a commit reports happens only after it.
//!
//! A step that cannot be committed is taken back whole: no drawer, no receipt, no confirmation on the screen.

use retail::event::Body;
use retail::ids::{CustomerId, LinkId, ReceiptNumber};
use retail::loyalty::Profile;
use retail::money::Cents;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Writes events and all that belongs to them in one transaction, before any other effect of the step.
    Commit(Box<Commit>),
    /// Opens the drawer; expires after ten seconds and is never replayed.
    OpenDrawer,
    /// Makes a sound.
    Beep(Beep),
    /// Asks the payment terminal.
    AskTerminal {
        /// Names the request; the answer carries it.
        request: u64,
        /// Amount to pay; negative for a refund.
        amount: Cents,
    },
    /// Asks head office for a receipt: of another till, or what other tills took back of one's own.
    FetchReceipt(ReceiptNumber),
    /// The cashier has read of an unheard scan of the hub: it leaves the queue of scans.
    ForgetScan(i64),
    /// Looks whose PIN this is, away from the till's own thread; the answer is [`super::Input::PinChecked`].
    CheckPin {
        /// As typed.
        pin: String,
    },
}

/// Events with their side records, the print job and the work in hand as it is after the step: one transaction.
/// Without events it only makes the work in hand safe: money is being asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Commit {
    /// The events, in order.
    pub events: Vec<NewEvent>,
    /// What to print.
    pub print: Option<Print>,
    /// A print job whose fate the cashier knows: `(job, it came out)`.
    pub settle_job: Option<(i64, bool)>,
}

/// An event without its place in the journal, and the records that travel beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// What happened.
    pub body: Body,
    /// Who the link of the body stands for.
    pub link: Option<(LinkId, CustomerId)>,
    /// Statements about a customer.
    pub profiles: Vec<Profile>,
    /// Texts, at most 500 characters each.
    pub texts: Vec<String>,
}

impl From<Body> for NewEvent {
    fn from(body: Body) -> Self {
        Self {
            body,
            link: None,
            profiles: Vec::new(),
            texts: Vec::new(),
        }
    }
}

/// What to print in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// The receipt of the sale or return that is committed here.
    Receipt,
    /// An earlier receipt, marked KOPIE.
    CopyOf(ReceiptNumber),
}

/// Sounds. Each is another one to the ear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Beep {
    /// Understood and done.
    Good,
    /// Nobody knows this code.
    Unknown,
    /// Look at the screen.
    Attention,
}
