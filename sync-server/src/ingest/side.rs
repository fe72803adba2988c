//! Side records of a batch: links, statements, texts. They are about people, so the rules of forgetting come first:
//! what arrives late about a forgotten customer is dropped and counted. A second delivery adds nothing. What does not
//! fit its event is dropped and listed; it never stops a till.

use std::collections::{BTreeSet, HashMap};

use retail::event::Body;
use retail::ids::{CustomerId, LinkId, RecordId};
use retail::loyalty::Profile;
use retail::wire::Side;

use super::{Commit, Kept, points_of};
use crate::store::rows::{AliasRow, Change, ProfileRow};
use crate::store::{Result, StoreError};

/// The longest text kept, in characters.
const LONGEST_TEXT: usize = 500;

/// The links that came with this batch.
#[derive(Default)]
struct Linked {
    /// Places of the events whose link was not there before.
    late: BTreeSet<usize>,
    /// Whom those links stand for: nobody needs to look them up again.
    customers: HashMap<LinkId, String>,
}

impl Commit<'_> {
    /// Keeps the side records and what follows from them: points, customers to refold, directory changes.
    pub(super) fn side(&mut self, kept: &[Kept]) -> Result<()> {
        let checked = self.checked;
        let mut forgotten = BTreeSet::new();
        let mut linked = Linked::default();
        for side in &checked.batch.side {
            if let Side::Link {
                seq,
                link,
                customer,
            } = side
                && let Some(at) = self.place_of(*seq, Some(*link))?
            {
                self.link(*link, *customer, at, &mut forgotten, &mut linked)?;
            }
        }
        self.points(kept, &linked)?;
        for side in &checked.batch.side {
            match side {
                Side::Link { .. } => {}
                Side::Profile { seq, profile } => {
                    if self.place_of(*seq, None)?.is_some() {
                        self.profile(profile)?;
                    }
                }
                Side::Text { seq, id, text } => {
                    if let Some(at) = self.place_of(*seq, None)?
                        && let Some(kept) = kept.get(at)
                    {
                        self.text(*id, *kept, at, text, &forgotten)?;
                    }
                }
            }
        }
        if linked
            .late
            .iter()
            .any(|at| kept.get(*at).is_some_and(|kept| !kept.new))
        {
            // The book read this event without its customer.
            self.tables.add_change(&Change::Reload)?;
        }
        self.tell()
    }

    /// The event a side record belongs to, when it is in this batch and carries this link.
    fn place_of(&mut self, seq: u64, link: Option<LinkId>) -> Result<Option<usize>> {
        let at = seq
            .checked_sub(self.header().first)
            .and_then(|at| usize::try_from(at).ok());
        let fits = at
            .and_then(|at| self.checked.events.get(at))
            .is_some_and(|(_, event)| {
                link.is_none()
                    || event.body.link() == link
                    || matches!(event.body, Body::Unknown { .. })
            });
        if fits {
            return Ok(at);
        }
        let header = self.header();
        let key = format!("side-{}-{}-{seq}", header.till, header.epoch);
        let detail = serde_json::json!({ "epoch": header.epoch, "seq": seq });
        self.problem(&key, "side_record", &detail)?;
        Ok(None)
    }

    fn link(
        &mut self,
        link: LinkId,
        customer: CustomerId,
        at: usize,
        forgotten: &mut BTreeSet<usize>,
        linked: &mut Linked,
    ) -> Result<()> {
        let customer = customer.to_string();
        if self.tables.tombstoned(&customer)? {
            forgotten.insert(at);
            self.tally.dropped_late += 1;
            return Ok(());
        }
        if self.tables.add_link(link, &customer)? {
            linked.late.insert(at);
            linked.customers.insert(link, customer);
        } else if self.tables.link(link)? != Some(customer) {
            let detail = serde_json::json!({ "link": link });
            self.problem(&format!("link-{link}"), "side_record", &detail)?;
        }
        Ok(())
    }

    /// Counts the points of events that are new, or whose link only came now.
    fn points(&mut self, kept: &[Kept], linked: &Linked) -> Result<()> {
        let checked = self.checked;
        for (at, ((_, event), kept)) in checked.events.iter().zip(kept).enumerate() {
            let counts = kept.new || linked.late.contains(&at);
            let Some(link) = event.body.link().filter(|_| counts) else {
                continue;
            };
            let customer = match linked.customers.get(&link) {
                Some(customer) => Some(customer.clone()),
                None => self.tables.link(link)?,
            };
            let Some(customer) = customer else {
                continue;
            };
            let root = self.tables.root(&customer)?;
            let points = points_of(&event.body);
            if points != 0 {
                self.tables.add_points(&root, points)?;
            }
            self.changed(root);
        }
        Ok(())
    }

    /// A customer's history or directory entry changed: noted once a batch.
    fn changed(&mut self, root: String) {
        self.touched.insert(root);
    }

    fn tell(&mut self) -> Result<()> {
        for root in std::mem::take(&mut self.touched) {
            self.tables.add_dirty(&root)?;
            if let Ok(id) = root.parse() {
                self.tables.add_change(&Change::Directory(id))?;
            }
        }
        Ok(())
    }

    fn profile(&mut self, profile: &Profile) -> Result<()> {
        let customer = profile.customer.to_string();
        if self.tables.tombstoned(&customer)? {
            self.tally.dropped_late += 1;
            return Ok(());
        }
        let row = ProfileRow {
            json: serde_json::to_string(profile)
                .map_err(|error| StoreError::Corrupt(error.to_string()))?,
            at_ms: profile.at.timestamp_millis(),
        };
        if !self.tables.add_profile(profile.id, &customer, &row)? {
            return Ok(());
        }
        let mut root = self.tables.root(&customer)?;
        if let Some(card) = &profile.card {
            root = self.card(card, &customer, root)?;
        }
        self.changed(root);
        Ok(())
    }

    /// Gives a card to a customer; who shows a card that another enrolled first becomes his alias.
    fn card(&mut self, card: &str, customer: &str, root: String) -> Result<String> {
        let Some(holder) = self.tables.card(card)? else {
            self.tables.add_card(card, customer)?;
            return Ok(root);
        };
        let holder = self.tables.root(&holder)?;
        if holder == root {
            return Ok(root);
        }
        self.tables.add_alias(&AliasRow {
            customer: root.clone(),
            into: holder.clone(),
            at_ms: self.received_ms,
        })?;
        self.tables.move_points(&root, &holder)?;
        self.tables.drop_derived(&root)?;
        self.tables.clear_dirty(&root)?;
        self.touched.remove(&root);
        self.tables.add_change(&Change::Alias {
            customer: root.clone(),
            into: holder.clone(),
        })?;
        let detail = serde_json::json!({ "customer": root, "into": holder });
        self.problem(&format!("card-{root}"), "card_twice", &detail)?;
        Ok(holder)
    }

    fn text(
        &mut self,
        id: RecordId,
        kept: Kept,
        at: usize,
        text: &str,
        forgotten: &BTreeSet<usize>,
    ) -> Result<()> {
        if forgotten.contains(&at) {
            self.tally.dropped_late += 1;
            return Ok(());
        }
        let text: String = text.chars().take(LONGEST_TEXT).collect();
        let event = self.checked.events.get(at).map(|(_, event)| event);
        let link = event.and_then(|event| event.body.link());
        if self.tables.add_text(id, kept.n, link, &text)? && !kept.new {
            self.tables.add_change(&Change::Reload)?;
        }
        Ok(())
    }
}
