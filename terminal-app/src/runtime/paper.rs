//! Receipts for the print queue: the shop of the settings on the printer of the settings.

use retail::event::Event;

use crate::config::Config;
use crate::receipt::{Language, Options, Profile, Shop, render};
use crate::store::Paper;

/// What is printed on.
#[derive(Clone, Debug)]
pub struct ReceiptPaper {
    shop: Shop,
    profile: Option<Profile>,
    language: Language,
}

impl ReceiptPaper {
    /// As the settings say.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            shop: Shop::from(config),
            profile: config.paper(),
            language: config.screen.language,
        }
    }
}

impl Paper for ReceiptPaper {
    fn render(
        &self,
        event: &Event,
        copy: bool,
        balance: Option<i64>,
    ) -> Result<Option<Vec<u8>>, String> {
        let Some(profile) = &self.profile else {
            return Ok(None);
        };
        let options = Options {
            language: self.language,
            copy,
            balance,
        };
        render(event, &self.shop, profile, &options)
            .map(|job| Some(job.bytes))
            .map_err(|error| error.to_string())
    }
}
