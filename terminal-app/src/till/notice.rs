//! What the cashier must read, as plain data: the screen has the words.

use retail::ids::ReceiptNumber;
use retail::money::Cents;
use retail::quantity::Quantity;
use serde::Serialize;

use super::input::{FetchFailed, HubNotice, ScanDamage, StoreFault};

/// What the cashier must read. Stays until the next good step or until it is put away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A scan or entry that is no code of this shop; `read` has control bytes as `\xHH`.
    UnknownCode {
        /// What was read.
        read: String,
    },
    /// A code with a check digit that is wrong, or otherwise broken.
    WrongCode {
        /// What was read.
        read: String,
        /// What is wrong with it, in the words of the barcode rules.
        reason: String,
    },
    /// A typed number that cannot be: its check digit is wrong.
    WrongNumber,
    /// Something was scanned and did not come through whole.
    DamagedScan {
        /// What is wrong with it.
        damage: ScanDamage,
        /// What can be read of it; may be empty.
        read: String,
    },
    /// A right number that no article has.
    UnknownArticle {
        /// The number.
        number: String,
    },
    /// A card that nobody has: offers to enrol.
    UnknownCard {
        /// Its digits.
        card: String,
    },
    /// A command barcode that does not exist.
    UnknownCommand {
        /// What was read.
        read: String,
    },
    /// Log in first.
    LogInFirst,
    /// The till is not enrolled.
    NotEnrolled,
    /// No cashier has this PIN.
    WrongPin,
    /// Who was logged in was taken away: he is logged out.
    CashierRemoved {
        /// Who.
        name: String,
    },
    /// Something is being paid: first finish that.
    PaymentUnderway,
    /// The terminal refused the card.
    PaymentRefused,
    /// The terminal says of an earlier request, settled already, that it was paid: look into it.
    StrayPayment,
    /// The basket is empty.
    EmptyBasket,
    /// The article on screen needs its price first.
    PriceFirst,
    /// A part was paid already: give it back first, or finish the payment.
    PartlyPaid,
    /// Less cash was taken than is due: meant as a part, or a slip.
    PartTaken {
        /// What was taken.
        part: Cents,
        /// What is still to be paid.
        due: Cents,
    },
    /// A quantity that cannot be: zero, too large, or a broken number of pieces.
    WrongQuantity,
    /// The quantity that waited for the next article was put away.
    QuantityForgotten {
        /// Which.
        quantity: Quantity,
    },
    /// The basket was cancelled; it can come back.
    SaleCancelled {
        /// What it came to.
        total: Cents,
    },
    /// Another sale is under way: the cancelled one cannot come back.
    SaleUnderway,
    /// An amount that cannot be: zero, negative, or over a million.
    WrongAmount,
    /// *Contant gepast* while another amount was typed.
    TypedIsNotExact {
        /// What was typed.
        typed: Cents,
        /// What is exact.
        exact: Cents,
    },
    /// The card of another customer was scanned: the sale is his now, and can go back.
    CustomerReplaced {
        /// First name of the customer now.
        now: Option<String>,
        /// First name of the one before.
        before: Option<String>,
    },
    /// The card of another customer was scanned during the payment: the sale stays with the first.
    CustomerStays {
        /// First name of the customer.
        name: Option<String>,
    },
    /// Somebody is on the sale: a new customer joins when he is off it, or with a card of his own.
    CustomerOnSale {
        /// First name of the customer.
        name: Option<String>,
    },
    /// More lines than a receipt holds.
    BasketFull,
    /// Nothing is selected.
    NoLine,
    /// Finish or put away the return first.
    ReturnUnderway,
    /// No receipt with this number.
    NoSuchReceipt {
        /// Which.
        number: ReceiptNumber,
    },
    /// The receipt is one of a return itself.
    ReceiptIsReturn {
        /// Which.
        number: ReceiptNumber,
    },
    /// Everything on it came back already.
    NothingLeftToReturn {
        /// Which.
        number: ReceiptNumber,
    },
    /// The article scanned is not on the receipt.
    NotOnReceipt {
        /// The article's name; of one that nobody knows the code.
        read: String,
    },
    /// The article scanned came back before, all of it.
    AllBack {
        /// Its name.
        name: String,
    },
    /// All of the article scanned is chosen already.
    AllChosen {
        /// Its name.
        name: String,
    },
    /// More than can still come back.
    MoreThanSold {
        /// The most that can be.
        left: Quantity,
    },
    /// A line has no reason yet.
    ReasonMissing {
        /// Which line.
        line: u32,
    },
    /// The receipt is of another till, and cannot be had.
    ReceiptNotFetched {
        /// Which.
        number: ReceiptNumber,
        /// Why.
        why: FetchFailed,
    },
    /// The card is somebody's already.
    CardTaken,
    /// The digits are no card of this shop.
    NotACard {
        /// What was typed.
        typed: String,
    },
    /// Not an e-mail address.
    NotAnEmail,
    /// A customer joins with a yes to membership only.
    MembershipNeeded {
        /// And the e-mail address is none.
        email_wrong: bool,
    },
    /// Joined.
    Enrolled,
    /// There is no receipt to copy.
    NothingToCopy,
    /// This epoch's receipt numbers are used up, or the till may not write.
    NoReceiptNumber,
    /// The article in the code is past its date.
    Expired {
        /// Its name.
        name: String,
        /// The date in the code.
        date: String,
    },
    /// A price or weight in a barcode does not fit the article.
    WrongMeasure {
        /// What was read.
        read: String,
    },
    /// The discount, coupon or voucher that was scanned cannot be taken here.
    NotAccepted {
        /// What was read.
        read: String,
    },
    /// Something happened at the hub.
    Hub {
        /// What.
        event: HubNotice,
    },
    /// The printer could not open the drawer in time; it will not open later.
    DrawerShut,
    /// A copy of the receipt goes to the printer.
    Copied {
        /// Which.
        number: ReceiptNumber,
    },
    /// A basket was found after a restart or a log-in and stands here again.
    BasketRestored,
    /// Nothing was kept of the last step: read why.
    NotKept {
        /// What stood in the way.
        fault: StoreFault,
        /// In the words of the database.
        reason: String,
    },
    /// Something could not be looked up.
    StoreTrouble {
        /// In the words of the database.
        reason: String,
    },
}

impl Notice {
    /// The cashier has to deal with it: news of less weight does not take its place.
    #[must_use]
    pub const fn is_pressing(&self) -> bool {
        matches!(
            self,
            Self::UnknownCard { .. }
                | Self::CustomerReplaced { .. }
                | Self::TypedIsNotExact { .. }
                | Self::PartTaken { .. }
                | Self::PaymentRefused
                | Self::StrayPayment
                | Self::BasketRestored
                | Self::NotKept { .. }
        )
    }
}
