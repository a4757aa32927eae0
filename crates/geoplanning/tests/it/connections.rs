//! What follows a deletion on its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use geoplanning::{ActivityId, Client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{at_once, fixture, new_activity};

/// Finding G-22: the bytes behind a 204 may arrive after the client has taken its response.
#[tokio::test]
async fn the_bytes_behind_a_deletion_never_meet_the_next_call() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let server = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(connection));
        }
    });
    let client = Client::builder()
        .base_url(format!("http://{address}"))
        .credentials("planner", "secret")
        .transport(at_once())
        .build()
        .unwrap();
    client
        .activities()
        .delete(ActivityId::new(1))
        .await
        .unwrap();
    let added = client.activities().add(&new_activity("GP-100")).await;
    assert_eq!(added.unwrap().id, ActivityId::new(0));
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    server.abort();
}

/// Behind the 204 of a deletion, sends four more bytes as soon as another call is on the same
/// connection.
async fn serve(mut connection: TcpStream) {
    let head = read_head(&mut connection).await;
    if !head.starts_with("DELETE") {
        return respond(&mut connection).await;
    }
    let done = b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n";
    connection.write_all(done).await.unwrap();
    if !read_head(&mut connection).await.is_empty() {
        connection.write_all(b"null").await.unwrap();
        respond(&mut connection).await;
    }
}

async fn respond(connection: &mut TcpStream) {
    let body = fixture("add_activity/response").to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let _ = connection
        .write_all(format!("{head}{body}").as_bytes())
        .await;
}

/// The head of the next request; empty if the connection ends.
async fn read_head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match connection.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return String::new(),
        }
    }
    String::from_utf8(head).unwrap()
}
