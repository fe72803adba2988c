//! The owner's pages.

use std::sync::Arc;

use axum::Router;

use crate::api::Office;

/// The owner's pages.
pub fn router(_office: Arc<Office>) -> Router {
    Router::new()
}
