//! The cashier's screen: its HTML, its HTTP, and itself in a real browser.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod display;
#[cfg(test)]
mod http;
#[cfg(test)]
mod page;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod stand;
