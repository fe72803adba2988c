//! The cashier's screen: its HTML, its HTTP, and itself in a real browser.

mod browser;
mod http;
mod pages;
mod samples;
mod stand;
