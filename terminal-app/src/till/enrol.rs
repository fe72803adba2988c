//! A new customer joins with an unused card. Name and e-mail are his choice; membership and marketing are two questions.

use retail::barcode::{Scanned, classify};
use retail::event::{Body, Enrolled};
use retail::ids::{CustomerId, LinkId, RecordId};
use retail::loyalty::{Consent, Profile};

use super::effect::NewEvent;
use super::shelf::Customer;
use super::step::{Handled, Step};
use super::view::Notice;
use super::work::Mode;

/// The wording of the membership question, by version.
pub const MEMBER_WORDING: &str = "lidmaatschap-2026-1";
/// The wording of the marketing question, by version.
pub const MARKETING_WORDING: &str = "nieuwsbrief-2026-1";
/// The most characters of a name.
const MAX_NAME: usize = 80;
/// The most characters of an e-mail address (RFC 5321).
const MAX_EMAIL: usize = 254;

impl Step<'_, '_> {
    pub(super) fn start_enrol(&mut self) -> Handled {
        self.not_paying()?;
        if self.state.work.back.is_some() {
            return Err(Notice::ReturnUnderway);
        }
        let card = self.state.offered_card.take();
        // Whoever presses *Klant* with a customer on the sale looks for him, and not for an empty form.
        if let (None, Some(attached)) = (&card, &self.state.work.basket.customer) {
            return Err(Notice::CustomerOnSale {
                name: attached.customer.name.clone(),
            });
        }
        self.state.work.mode = Mode::Enrolling { card };
        Ok(())
    }

    pub(super) fn enrol(
        &mut self,
        card: &str,
        name: &str,
        email: &str,
        member: bool,
        marketing: bool,
    ) -> Handled {
        let cashier = self.logged_in()?;
        self.not_paying()?;
        if self.state.work.back.is_some() {
            return Err(Notice::ReturnUnderway);
        }
        let Scanned::LoyaltyCard(card) =
            classify(card.as_bytes(), None, &self.state.setup.barcodes)
        else {
            return Err(Notice::NotACard {
                typed: card.to_owned(),
            });
        };
        if self.env.shelf.customer_by_card(&card.card)?.is_some() {
            return Err(Notice::CardTaken);
        }
        let name = text_of(name, MAX_NAME);
        let email = email.trim();
        let email_wrong = !(email.is_empty() || is_email(email));
        if !member {
            return Err(Notice::MembershipNeeded { email_wrong });
        }
        if email_wrong {
            return Err(Notice::NotAnEmail);
        }
        let customer = CustomerId::random(self.env.entropy);
        let link = LinkId::random(self.env.entropy);
        let consent = |given: bool, wording: &str| Consent {
            given,
            wording: wording.to_owned(),
        };
        let profile = Profile {
            id: RecordId::random(self.env.entropy),
            customer,
            at: self.env.now.wall,
            till: Some(self.next_receipt()?.till),
            card: Some(card.card),
            name: name.clone(),
            email: (!email.is_empty()).then(|| email.to_owned()),
            member: Some(consent(true, MEMBER_WORDING)),
            marketing: Some(consent(marketing, MARKETING_WORDING)),
        };
        let event = NewEvent {
            link: Some((link, customer)),
            profiles: vec![profile],
            ..Body::Enrolled(Enrolled { link, cashier }).into()
        };
        self.state.work.mode = Mode::Selling;
        self.state.offered_card = None;
        self.commit(vec![event], None);
        self.state.notice = Some(Notice::Enrolled);
        let joined = Customer {
            id: customer,
            name,
            points: 0,
            visits: 0,
            phase: None,
            state: None,
            last_visit: None,
        };
        self.attach(joined, true)
    }
}

/// What a person typed as a name, without control characters; `None` when nothing is left.
fn text_of(typed: &str, limit: usize) -> Option<String> {
    let text: String = typed
        .chars()
        .filter(|c| !c.is_control())
        .collect::<String>()
        .trim()
        .chars()
        .take(limit)
        .collect();
    (!text.is_empty()).then_some(text)
}

/// Enough of an address to be written to: one @, something before it, a name with a dot behind it, no blanks.
fn is_email(text: &str) -> bool {
    let Some((user, host)) = text.split_once('@') else {
        return false;
    };
    text.len() <= MAX_EMAIL
        && !user.is_empty()
        && !host.contains('@')
        && host.split('.').count() >= 2
        && host.split('.').all(|part| !part.is_empty())
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}
