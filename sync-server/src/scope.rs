//! What somebody may see: the organisation and his shops. Every question about people or figures takes a [`Scope`],
//! and only a log-in (or the command line of head office itself) can make one: a page that forgets does not compile.

use journey::Query;
use journey::reports::Imported;
use retail::ids::OrgId;

/// Organisation and shops that somebody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    org: OrgId,
    shops: Option<Vec<String>>,
}

/// What is asked: a period, a shop, with or without imported rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// First local day, inclusive.
    pub from: Option<chrono::NaiveDate>,
    /// Last local day, inclusive.
    pub to: Option<chrono::NaiveDate>,
    /// Only this shop.
    pub shop: Option<String>,
    /// The day paths are seen at.
    pub as_of: Option<chrono::NaiveDate>,
    /// Leave imported rows out.
    pub without_imported: bool,
}

impl Scope {
    pub(crate) const fn new(org: OrgId, shops: Option<Vec<String>>) -> Self {
        Self { org, shops }
    }

    /// The organisation.
    #[must_use]
    pub const fn org(&self) -> OrgId {
        self.org
    }

    /// The shops; `None`: all of them.
    #[must_use]
    pub fn shops(&self) -> Option<&[String]> {
        self.shops.as_deref()
    }

    /// True when this shop may be seen.
    #[must_use]
    pub fn sees(&self, shop: &str) -> bool {
        self.shops
            .as_ref()
            .is_none_or(|shops| shops.iter().any(|id| id == shop))
    }

    /// The query of a filter inside this scope: a shop that may not be seen selects nothing.
    #[must_use]
    pub fn query(&self, filter: &Filter) -> Query {
        let shops = match (&self.shops, &filter.shop) {
            (_, Some(shop)) if self.sees(shop) => Some(vec![shop.clone()]),
            (_, Some(_)) => Some(Vec::new()),
            (shops, None) => shops.clone(),
        };
        Query {
            from: filter.from,
            to: filter.to,
            shops,
            imported: if filter.without_imported {
                Imported::Exclude
            } else {
                Imported::Include
            },
            as_of: filter.as_of,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shops: Option<&[&str]>, asked: Option<&str>, expected: Option<&[&str]>) {
        let texts = |ids: &[&str]| ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>();
        let scope = Scope::new(OrgId([0; 16]), shops.map(texts));
        let filter = Filter {
            shop: asked.map(str::to_owned),
            ..Filter::default()
        };
        assert_eq!(scope.query(&filter).shops, expected.map(texts));
    }

    #[test]
    fn a_filter_never_widens_a_scope() {
        check(None, None, None);
        check(None, Some("a"), Some(&["a"]));
        check(Some(&["a", "b"]), None, Some(&["a", "b"]));
        check(Some(&["a", "b"]), Some("b"), Some(&["b"]));
        check(Some(&["a", "b"]), Some("c"), Some(&[]));
        check(Some(&[]), None, Some(&[]));
    }
}
