//! The web application: what `gateway/web` was built into, read once and served from memory.
//!
//! A path that is neither a file nor a route of the API is one of its pages, all of which are
//! `index.html`: the application itself finds out which. Only browsers that ask for a page get
//! it, so that a program with a wrong address still learns so (404).

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use poem::http::header::{self, HeaderMap, HeaderValue};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, IntoResponse, Request, Response};
use sha2::{Digest, Sha256};

use crate::routes::Routes;

/// More than this is no web application, but a folder that was named by mistake.
const MOST_BYTES: u64 = 64 << 20;
/// The page that all others are.
const INDEX: &str = "/index.html";
/// Files in here have their content's hash in their names.
const LASTING: &str = "/assets/";

/// For the pages: scripts, styles and requests of our own and no others. The one hash is that
/// of an empty `<style>`, which the style library fills through the CSS object model; no
/// text in a page can become a style or a script.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; \
     style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
     worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The files of the application.
#[derive(Debug, Default)]
pub struct Web {
    files: HashMap<String, File>,
}

#[derive(Debug)]
struct File {
    kind: &'static str,
    plain: Bytes,
    /// Compressed when it was built, as well as can be: `br`, then `gzip`.
    codings: Vec<(&'static str, Bytes)>,
    tag: HeaderValue,
    cache: HeaderValue,
}

impl Web {
    /// Reads a folder.
    ///
    /// # Errors
    /// When it can't be read, holds no `index.html`, or far more than an application.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut web = Self::default();
        let mut left = MOST_BYTES;
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(&next)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some((name, file)) = File::read(folder, &path, &mut left)? {
                    web.files.insert(name, file);
                }
            }
        }
        if web.files.contains_key(INDEX) {
            Ok(web)
        } else {
            Err(io::Error::other(format!(
                "there is no index.html in {}: build the web application (make web) or leave \
                 gateway.web out",
                folder.display()
            )))
        }
    }

    fn find(&self, path: &str) -> Option<&File> {
        self.files.get(path)
    }
}

impl File {
    /// A file and its address; nothing for what only goes with another one.
    fn read(root: &Path, path: &Path, left: &mut u64) -> io::Result<Option<(String, Self)>> {
        let Some(kind) = path.extension().and_then(|end| kind_of(end.to_str()?)) else {
            return Ok(None);
        };
        let mut load = |path: &Path| {
            let bytes = std::fs::read(path)?;
            *left = left.checked_sub(bytes.len() as u64).ok_or_else(|| {
                io::Error::other(format!("{} holds more than 64 MiB", root.display()))
            })?;
            Ok::<_, io::Error>(Bytes::from(bytes))
        };
        let plain = load(path)?;
        let mut codings = Vec::new();
        for (coding, end) in [("br", "br"), ("gzip", "gz")] {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(end);
            if Path::new(&name).is_file() {
                codings.push((coding, load(Path::new(&name))?));
            }
        }
        let inner = path.strip_prefix(root).map_err(io::Error::other)?;
        let name = inner.iter().fold(String::new(), |name, part| {
            name + "/" + &part.to_string_lossy()
        });
        let cache = if name.starts_with(LASTING) {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let tag = format!("\"{}\"", hex::encode(&Sha256::digest(&plain)[..16]));
        let file = Self {
            kind,
            plain,
            codings,
            tag: HeaderValue::try_from(tag).map_err(io::Error::other)?,
            cache: HeaderValue::from_static(cache),
        };
        Ok(Some((name, file)))
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let known = asked.get_all(header::IF_NONE_MATCH).iter();
        let known = known
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim().trim_start_matches("W/").as_bytes() == self.tag.as_bytes());
        let mut response = if known {
            StatusCode::NOT_MODIFIED.into()
        } else {
            let coding = self
                .codings
                .iter()
                .find(|(coding, _)| crate::compress::accepts(asked, coding));
            let (coding, body) = match coding {
                Some((coding, body)) => (Some(*coding), body),
                None => (None, &self.plain),
            };
            let mut response = Response::builder()
                .content_type(self.kind)
                .body(body.clone());
            if let Some(coding) = coding {
                response
                    .headers_mut()
                    .insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
        response
    }
}

/// The media type by a name's end, for what applications are made of.
fn kind_of(end: &str) -> Option<&'static str> {
    Some(match end {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

/// Answers what is the application's, and passes on what is the API's.
///
/// # Errors
/// Those of the API.
pub async fn serve<E: Endpoint>(
    next: Arc<E>,
    request: Request,
    web: Arc<Web>,
    routes: Arc<Routes>,
) -> poem::Result<Response> {
    let path = request.uri().path();
    if *request.method() == Method::GET || *request.method() == Method::HEAD {
        let page = || {
            let wanted = routes.find(path).is_none() && asks_for_a_page(request.headers());
            wanted.then(|| web.find(INDEX)).flatten()
        };
        if let Some(file) = web.find(path).or_else(page) {
            return Ok(file.answer(request.headers()));
        }
    }
    next.call(request).await.map(IntoResponse::into_response)
}

/// Whether whoever asks is a browser that wants to show a page.
fn asks_for_a_page(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| {
            value
                .split(',')
                .any(|range| range.trim().starts_with("text/html"))
        })
}
