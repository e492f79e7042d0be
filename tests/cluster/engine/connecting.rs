//! Connecting and logging in.

use crate::support::{JETSTREAM, Server, soon, url};
use std::net::TcpListener;
use tictalk::cluster::{Engine, EngineError, EngineUrl, Replicas};

#[tokio::test]
async fn an_engine_says_its_version_and_that_it_is_connected() {
    let Some(server) = Server::start() else {
        return;
    };
    let engine = server.engine().await;
    assert!(engine.is_connected());
    assert!(engine.server_version().starts_with(char::is_numeric));
    assert_eq!(engine.url(), &server.url());
}

#[tokio::test]
async fn a_server_that_does_not_listen_or_says_nothing_is_unreachable() {
    // The first one is closed again, the other one never accepts.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for port in [closed.unwrap().port(), silent.local_addr().unwrap().port()] {
        let error = soon(Engine::connect(&url(port))).await.unwrap_err();
        assert_eq!(error, EngineError::Unreachable(url(port)));
        let expected = format!("The engine at nats://127.0.0.1:{port} does not answer.");
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn the_next_server_serves_when_one_does_not() {
    let Some(server) = Server::start() else {
        return;
    };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    let both = format!("nats://{silent},127.0.0.1:{}", server.port());
    let engine = soon(Engine::connect(&both.parse().unwrap())).await.unwrap();
    assert!(engine.is_connected());
}

#[tokio::test]
async fn a_login_is_checked_and_not_shown() {
    let user = r#"authorization { user: "ann", password: "s,e:c@ret" }"#;
    let Some(server) = Server::with(&format!("{JETSTREAM}\n{user}")) else {
        return;
    };
    let at = format!("127.0.0.1:{}", server.port());
    let right: EngineUrl = format!("nats://ann:s%2Ce:c%40ret@{at}").parse().unwrap();
    let engine = soon(Engine::connect(&right)).await.unwrap();
    soon(engine.room_stream("a", Replicas::default()))
        .await
        .unwrap();
    for login in ["", "ann:wrong@", "ann@", "secret@"] {
        let wrong: EngineUrl = format!("nats://{login}{at}").parse().unwrap();
        let error = soon(Engine::connect(&wrong)).await.unwrap_err();
        assert_eq!(error, EngineError::Denied(wrong), "{login}");
        let shown = format!("{error} {error:?}");
        assert!(
            !shown.contains("ann") && !shown.contains("wrong"),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn a_token_is_a_login() {
    let Some(server) = Server::with("authorization { token: secret }") else {
        return;
    };
    let at = format!("127.0.0.1:{}", server.port());
    let right: EngineUrl = format!("nats://secret@{at}").parse().unwrap();
    let engine = soon(Engine::connect(&right)).await.unwrap();
    assert!(!format!("{engine:?}").contains("secret"));
    let wrong: EngineUrl = format!("nats://secret2@{at}").parse().unwrap();
    let error = soon(Engine::connect(&wrong)).await.unwrap_err();
    assert_eq!(error, EngineError::Denied(wrong));
}

#[tokio::test]
async fn a_server_without_jetstream_has_no_streams() {
    let Some(server) = Server::with("") else {
        return;
    };
    let engine = server.engine().await;
    let error = soon(engine.find_stream("a")).await.unwrap_err();
    assert_eq!(error, EngineError::NoJetStream(server.url()));
}
