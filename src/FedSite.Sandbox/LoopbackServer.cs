using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FedSite.Sandbox;

/// <summary>How a server listens.</summary>
/// <param name="Port">0: a free one.</param>
/// <param name="Certificate">With its key, for TLS; null: plain HTTP.</param>
/// <param name="ClientCertificates">Any client certificate is let in: the handler judges it.</param>
internal sealed record LoopbackTerms(
    int Port,
    X509Certificate2? Certificate,
    ClientCertificateMode ClientCertificates = ClientCertificateMode.NoCertificate
);

/// <summary>One Kestrel on one port of 127.0.0.1.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly LoopbackTerms _terms;
    private readonly RequestDelegate _handler;
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = new();
    private WebApplication _app;
    private Socket _socket;
    private bool _refuses;

    private LoopbackServer(LoopbackTerms terms, RequestDelegate handler)
    {
        _terms = terms;
        _handler = handler;
        _socket = Bind(terms.Port);
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _app = Build();
    }

    public int Port { get; }

    /// <summary><c>http://127.0.0.1:PORT</c>, or <c>https</c> when a certificate was given.</summary>
    public Uri Url => new($"{(_terms.Certificate is null ? "http" : "https")}://127.0.0.1:{Port}");

    /// <summary>Listens when this returns.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<LoopbackServer> StartAsync(
        LoopbackTerms terms,
        RequestDelegate handler,
        CancellationToken ct
    )
    {
        var server = new LoopbackServer(terms, handler);
        try
        {
            await server._app.StartAsync(ct);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    /// <summary>Stops to listen and cuts all connections; the port stays ours, and nobody is let in.</summary>
    public void Refuse()
    {
        _refuses = true;
        _socket.Dispose();
        _socket = Bind(Port);
        foreach (var connection in _connections.Values)
        {
            connection.Abort();
        }
    }

    /// <summary>The end of <see cref="Refuse"/>.</summary>
    public async Task ListenAgainAsync()
    {
        if (_refuses)
        {
            await StopAsync();
            _app = Build();
            await _app.StartAsync();
            _refuses = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _socket.Dispose();
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new IOException($"Port {port} of 127.0.0.1 can't be used: {e.Message}", e);
        }
    }

    private WebApplication Build()
    {
        // Not the usual one: that watches configuration files, and a user may watch 128 things at once.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => _socket);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 << 20;
            // Who reads an image may well stop for a while.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, Port, Configure);
        });
        var app = builder.Build();
        app.Run(_handler);
        return app;
    }

    private void Configure(ListenOptions listen)
    {
        // HTTP/1.1 alone, as the services of an OpenStack speak it.
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next =>
            async connection =>
            {
                _connections[connection.ConnectionId] = connection;
                try
                {
                    await next(connection);
                }
                finally
                {
                    _connections.TryRemove(connection.ConnectionId, out _);
                }
            }
        );
        if (_terms.Certificate is not null)
        {
            listen.UseHttps(https =>
            {
                https.ServerCertificate = _terms.Certificate;
                https.ClientCertificateMode = _terms.ClientCertificates;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }
    }

    private async Task StopAsync()
    {
        // Connections of a client that is still busy are cut, not waited for.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        try
        {
            await _app.StopAsync(now.Token);
        }
        catch (OperationCanceledException)
        {
            // Said so above.
        }
        await _app.DisposeAsync();
    }

    /// <summary>Leaves Ctrl-C and SIGTERM to the program; the default would swallow them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
