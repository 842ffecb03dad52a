//! A bare axum server: the ceiling.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::net::TcpListener;

/// Serves one JSON body at `/body`.
pub(crate) async fn serve(listen: SocketAddr, body: &Path) -> Result<()> {
    let body = axum::body::Bytes::from(std::fs::read(body)?);
    let router = Router::new().route(
        "/body",
        get(async move || ([(CONTENT_TYPE, "application/json")], body.clone())),
    );
    Ok(axum::serve(TcpListener::bind(listen).await?, router).await?)
}
