//! Style, script and the chart library: compiled in, compressed once, and kept by browsers for ever under an address
//! that holds their digest.

use std::io::Write;
use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("assets/owner.css");
const SCRIPT: &str = include_str!("assets/owner.js");

/// One file.
#[derive(Debug)]
struct Asset {
    name: &'static str,
    kind: &'static str,
    version: String,
    plain: Vec<u8>,
    /// Packed at its first use, so that no page waits for it.
    packed: OnceLock<Vec<u8>>,
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: &str) -> Self {
        let digest = Sha256::digest(text.as_bytes());
        Self {
            name,
            kind,
            version: hex::encode(digest.get(..8).unwrap_or_default()),
            plain: text.as_bytes().to_owned(),
            packed: OnceLock::new(),
        }
    }

    fn packed(&self) -> &[u8] {
        self.packed.get_or_init(|| {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            // Writing into memory does not fail; should it, the file goes out as it is.
            packer
                .write_all(&self.plain)
                .and_then(|()| packer.finish())
                .unwrap_or_default()
        })
    }

    fn path(&self) -> String {
        format!("/static/{}/{}", self.version, self.name)
    }
}

fn style() -> &'static Asset {
    static ASSET: OnceLock<Asset> = OnceLock::new();
    ASSET.get_or_init(|| Asset::new("owner.css", "text/css; charset=utf-8", STYLE))
}

fn script() -> &'static Asset {
    static ASSET: OnceLock<Asset> = OnceLock::new();
    ASSET.get_or_init(|| Asset::new("owner.js", "text/javascript; charset=utf-8", SCRIPT))
}

fn charts() -> &'static Asset {
    static ASSET: OnceLock<Asset> = OnceLock::new();
    ASSET.get_or_init(|| {
        let tags = plotly::Plot::offline_js_sources();
        let inside = tags
            .split_once('>')
            .and_then(|(_, rest)| rest.split_once("</script>"))
            .map_or("", |(inside, _)| inside);
        Asset::new("plotly.js", "text/javascript; charset=utf-8", inside)
    })
}

/// The address of the style.
pub(crate) fn style_path() -> String {
    style().path()
}

/// The address of our script.
pub(crate) fn script_path() -> String {
    script().path()
}

/// The address of the chart library.
pub(crate) fn charts_path() -> String {
    charts().path()
}

/// `GET /static/VERSION/FILE`
pub(crate) async fn file(
    Path((version, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let found = tokio::task::spawn_blocking(move || {
        let asset = match file.as_str() {
            "owner.css" => style(),
            "owner.js" => script(),
            "plotly.js" => charts(),
            _ => return None,
        };
        asset.packed();
        Some((asset, asset.version == version))
    });
    let Ok(Some((asset, current))) = found.await else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| {
            text.split(',')
                .any(|one| one.trim().split(';').next() == Some("gzip"))
        });
    let packed = takes_gzip && !asset.packed().is_empty();
    let body: &'static [u8] = if packed { asset.packed() } else { &asset.plain };
    let mut response = body.into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(if current {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }),
    );
    if packed {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_library_is_there_and_shrinks() {
        let asset = charts();
        assert!(asset.plain.len() > 1_000_000);
        assert!(asset.packed().len() < asset.plain.len() / 2);
        assert!(!asset.plain.windows(7).any(|bytes| bytes == b"<script"));
    }
}
