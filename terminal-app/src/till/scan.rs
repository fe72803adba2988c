//! Codes: from a scanner by their own channel, or typed into the one box. Routed by what the till is doing, in order,
//! one step a code; a scan is never dropped without a sound and a message.

use chrono::Datelike as _;
use retail::barcode::{Command, ItemDetails, Scanned, Symbology, WeighedArticle, classify};
use retail::ids::ReceiptNumber;
use retail::money::{Cents, divide_half_away};
use retail::quantity::{Quantity, Unit};

use super::effect::{Beep, Effect};
use super::input::ScannedCode;
use super::shelf::{Customer, ReceiptLookup};
use super::step::{Handled, Step};
use super::view::{Found, Notice};
use super::work::{Attached, Mode};

/// Articles that a search shows.
const MAX_FOUND: usize = 12;
/// The most characters that are shown of what was read.
const MAX_READ: usize = 80;

/// What was read, made visible: control bytes as `\xHH`, and where it is cut an ellipsis.
pub(crate) fn visible(data: &[u8]) -> String {
    let mut signs = data.escape_ascii().map(char::from);
    let mut text: String = signs.by_ref().take(MAX_READ).collect();
    if signs.next().is_some() {
        text.push('…');
    }
    text
}

impl Step<'_, '_> {
    pub(super) fn scan(&mut self, code: &ScannedCode) -> Handled {
        self.logged_in()?;
        self.state.search.clear();
        self.state.offered_card = None;
        let hint = code.ssi_type.and_then(Symbology::from_ssi);
        let scanned = self.classify(&code.data, hint);
        self.route(scanned, &visible(&code.data))?;
        // Whoever works with the scanner alone hears that his code was taken, also where nothing else sounds yet.
        if !self
            .effects
            .iter()
            .any(|effect| matches!(effect, Effect::Beep(_)))
        {
            self.beep(Beep::Good);
        }
        Ok(())
    }

    fn classify(&self, data: &[u8], hint: Option<Symbology>) -> Scanned {
        let settings = retail::barcode::Settings {
            year: self.env.now.wall.year(),
            ..self.state.setup.barcodes.clone()
        };
        classify(data, hint, &settings)
    }

    /// The one box: number, card, receipt or words. Typed text that no code could be is searched for.
    pub(super) fn entry(&mut self, text: &str) -> Handled {
        let text = text.trim();
        self.state.search.clear();
        self.state.offered_card = None;
        if text.is_empty() {
            return Ok(());
        }
        if let Ok(number) = text.parse::<ReceiptNumber>() {
            return self.open_receipt(number);
        }
        if let Some(article) = self.env.shelf.article(text)? {
            return self.article_read(article, Quantity::ONE, None, String::new());
        }
        let has_letters = text.contains(|c: char| c.is_alphabetic());
        match self.classify(text.as_bytes(), None) {
            Scanned::Unknown(_) | Scanned::Invalid(_) if has_letters => {
                self.search(text)?;
                if self.state.search.is_empty() {
                    return Err(Notice::UnknownCode {
                        read: visible(text.as_bytes()),
                    });
                }
                Ok(())
            }
            // What was typed was not misread: it is to be looked at again.
            scanned => {
                self.route(scanned, &visible(text.as_bytes()))
                    .map_err(|notice| match notice {
                        Notice::WrongCode { .. } => Notice::WrongNumber,
                        other => other,
                    })
            }
        }
    }

    pub(super) fn search(&mut self, text: &str) -> Handled {
        let words = text.trim();
        self.state.search = if words.chars().count() < 2 {
            Vec::new()
        } else {
            self.env
                .shelf
                .search(words, MAX_FOUND)?
                .into_iter()
                .map(|article| Found {
                    gtin: article.gtin,
                    name: article.name,
                    price: article.price,
                })
                .collect()
        };
        Ok(())
    }

    pub(super) fn pick(&mut self, gtin: &str) -> Handled {
        let article = self
            .env
            .shelf
            .article(gtin)?
            .ok_or(Notice::UnknownArticle {
                number: gtin.to_owned(),
            })?;
        self.state.search.clear();
        self.article_read(article, Quantity::ONE, None, String::new())
    }

    fn route(&mut self, scanned: Scanned, read: &str) -> Handled {
        match scanned {
            Scanned::Article(found) => {
                let alternative = found.alternative.as_ref().map(|other| other.to_14());
                for number in [Some(found.gtin.to_14()), alternative]
                    .into_iter()
                    .flatten()
                {
                    if self.is_on_receipt(&number) {
                        return self.return_article(&number, read);
                    }
                }
                let mut article = self.env.shelf.article(&found.gtin.to_14())?;
                if let (None, Some(other)) = (&article, found.alternative) {
                    article = self.env.shelf.article(&other.to_14())?;
                }
                let article = article.ok_or_else(|| Notice::UnknownArticle {
                    number: read.to_owned(),
                })?;
                let count = Quantity::units(i64::from(found.details.count.unwrap_or(1).max(1)));
                let today = self.env.now.wall.date_naive();
                if found.details.is_expired(today) || found.details.is_past_best(today) {
                    self.warning = Some(Notice::Expired {
                        name: article.name.clone(),
                        date: expiry(&found.details),
                    });
                }
                self.article_read(article, count, None, item_text(&found.details))
            }
            Scanned::WeighedArticle(found) => self.weighed(&found, read),
            Scanned::LoyaltyCard(card) => self.card_read(&card.card),
            Scanned::Receipt(code) => match code.gtin {
                // One receipt in ten is also a good article number; the receipt decides when it exists.
                Some(gtin)
                    if !matches!(
                        self.env.shelf.receipt(code.number)?,
                        ReceiptLookup::Found(_) | ReceiptLookup::IsReturn
                    ) =>
                {
                    match self.env.shelf.article(&gtin.to_14())? {
                        Some(article) => {
                            self.article_read(article, Quantity::ONE, None, String::new())
                        }
                        None => self.open_receipt(code.number),
                    }
                }
                _ => self.open_receipt(code.number),
            },
            Scanned::Coupon(_) => Err(Notice::NotAccepted {
                read: read.to_owned(),
            }),
            Scanned::Command(command) => self.command(command),
            Scanned::Unknown(unknown) if self.is_on_receipt(&unknown.text) => {
                self.return_article(&unknown.text, read)
            }
            Scanned::Unknown(unknown) => match self.env.shelf.article(&unknown.text)? {
                Some(article) => self.article_read(article, Quantity::ONE, None, String::new()),
                None => Err(Notice::UnknownCode {
                    read: read.to_owned(),
                }),
            },
            Scanned::Invalid(invalid) => Err(
                if matches!(invalid.reason, retail::barcode::Reason::Command(_)) {
                    Notice::UnknownCommand {
                        read: read.to_owned(),
                    }
                } else {
                    Notice::WrongCode {
                        read: read.to_owned(),
                        reason: invalid.reason.to_string(),
                    }
                },
            ),
        }
    }

    fn command(&mut self, command: Command) -> Handled {
        match command {
            Command::Cash => self.pay_cash_exact(),
            Command::Card => self.pay_card(None),
            Command::Cancel => self.cancel(),
            Command::Void => {
                self.state.work.basket.selected = None;
                self.void_line(None)
            }
            Command::Quantity { quantity } => {
                self.quantity_key(Quantity::units(i64::from(quantity)).0)
            }
            Command::Reprint => self.reprint(),
        }
    }

    /// A code with its own weight or price. The price of a piece is taken only where the catalogue leaves it open.
    fn weighed(&mut self, found: &WeighedArticle, read: &str) -> Handled {
        if let Some(article) = self.env.shelf.article(&found.gtin.to_14())? {
            return self.article_read(article, Quantity::ONE, None, String::new());
        }
        let mut article = self.env.shelf.article(&found.reference.to_14())?;
        if let (None, Some(item)) = (&article, &found.item) {
            article = self.env.shelf.article(item)?;
        }
        let article = article.ok_or_else(|| Notice::UnknownArticle {
            number: read.to_owned(),
        })?;
        let wrong = || Notice::WrongMeasure {
            read: read.to_owned(),
        };
        let item = item_text(&found.details);
        match (found.weight, found.price, article.unit, article.price) {
            (Some(weight), None, Unit::Kilogram, _) if weight.0 > 0 => {
                self.article_read(article, weight, None, item)
            }
            (_, Some(price), Unit::Kilogram, Some(of_kilo)) if price.0 > 0 && of_kilo.0 > 0 => {
                let grams = divide_half_away(i128::from(price.0) * 1000, i128::from(of_kilo.0));
                self.article_read(article, Quantity(grams.max(1)), Some(price), item)
            }
            (_, Some(price), Unit::Piece, None) if price.0 > 0 => {
                self.article_read(article, Quantity::ONE, Some(price), item)
            }
            _ => Err(wrong()),
        }
    }

    /// An article, whatever way it was found. `amount`: what its label says it costs.
    fn article_read(
        &mut self,
        article: retail::article::Article,
        quantity: Quantity,
        amount: Option<Cents>,
        item: String,
    ) -> Handled {
        match self.state.work.mode {
            Mode::Selling | Mode::Enrolling { .. } | Mode::AskingReceipt => {
                self.sell(article, quantity, amount, item)
            }
            Mode::Returning => self.return_article(&article.gtin, &article.name),
            Mode::FetchingReceipt { .. } => Err(Notice::ReturnUnderway),
            Mode::PayingCard { .. } | Mode::PaymentUnknown { .. } => Err(Notice::PaymentUnderway),
        }
    }

    /// A loyalty card: taken on every screen of a sale and its payment.
    pub(super) fn card_read(&mut self, card: &str) -> Handled {
        if self.state.work.back.is_some() {
            return Err(Notice::ReturnUnderway);
        }
        let known = self.env.shelf.customer_by_card(card)?;
        if let Mode::Enrolling { card: field } = &mut self.state.work.mode {
            if known.is_some() {
                return Err(Notice::CardTaken);
            }
            *field = Some(card.to_owned());
            self.beep(Beep::Good);
            return Ok(());
        }
        let Some(customer) = known else {
            self.state.offered_card = Some(card.to_owned());
            return Err(Notice::UnknownCard {
                card: card.to_owned(),
            });
        };
        self.attach(customer, false)
    }

    /// The basket gets a customer. Another one than before is said, and can be taken back: two cards of a family, a card of
    /// the one before. While the terminal is asked the sale may be over any moment, so there the first one stays.
    pub(super) fn attach(&mut self, customer: Customer, new: bool) -> Handled {
        let paying = self.not_paying().is_err();
        let basket = &mut self.state.work.basket;
        let said = match &mut basket.customer {
            Some(known) if known.customer.id == customer.id => {
                known.customer = customer;
                None
            }
            Some(known) if paying => {
                return Err(Notice::CustomerStays {
                    name: known.customer.name.clone(),
                });
            }
            Some(known) => {
                let before = std::mem::replace(known, Attached { customer, new });
                let notice = replaced(&before, known);
                basket.replaced = Some(before);
                Some(notice)
            }
            None => {
                basket.customer = Some(Attached { customer, new });
                None
            }
        };
        match said {
            Some(notice) => self.warning = Some(notice),
            None => self.beep(Beep::Good),
        }
        Ok(())
    }

    pub(super) fn take_back_customer(&mut self) -> Handled {
        self.not_paying()?;
        let basket = &mut self.state.work.basket;
        if let Some(before) = basket.replaced.take() {
            basket.customer = Some(before);
            self.beep(Beep::Good);
        }
        Ok(())
    }

    pub(super) fn refresh_customer(&mut self, id: retail::ids::CustomerId) -> Handled {
        if let Some(attached) = &mut self.state.work.basket.customer
            && attached.customer.id == id
            && let Some(fresh) = self.env.shelf.customer(id)?
        {
            attached.customer = fresh;
        }
        Ok(())
    }
}

fn replaced(before: &Attached, now: &Attached) -> Notice {
    Notice::CustomerReplaced {
        now: now.customer.name.clone(),
        before: before.customer.name.clone(),
    }
}

/// What a two-dimensional code says about the very item, as element strings.
fn item_text(details: &ItemDetails) -> String {
    let day = |ai: &str, day: Option<chrono::NaiveDate>| {
        day.map_or(String::new(), |day| {
            format!("({ai}){}", day.format("%y%m%d"))
        })
    };
    let text = |ai: &str, text: &Option<String>| {
        text.as_ref()
            .map_or(String::new(), |text| format!("({ai}){text}"))
    };
    [
        text("10", &details.lot),
        day("15", details.best_before),
        day("17", details.expiry),
        text("21", &details.serial),
    ]
    .concat()
}

/// The earliest of the dates after which an item is not to be sold, or not at its best.
fn expiry(details: &ItemDetails) -> String {
    [details.expiry, details.sell_by, details.best_before]
        .into_iter()
        .flatten()
        .min()
        .map_or(String::new(), |day| day.format("%d-%m-%Y").to_string())
}
