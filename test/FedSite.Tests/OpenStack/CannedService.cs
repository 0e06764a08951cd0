using System.Net;
using System.Net.Sockets;
using System.Text;
using FedSite.Sandbox;

namespace FedSite.Tests.OpenStack;

/// <summary>Part of a conversation, from the server's side: reads some bytes of the body, then says something.</summary>
/// <param name="Read">Bytes of the body; -1: up to its end, or for ever.</param>
/// <param name="Say">Sent then; null: nothing.</param>
internal sealed record CannedStep(long Read, string? Say);

/// <summary>Stands where a service should be, says the same on every connection, and hangs up.</summary>
internal sealed class CannedService : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CannedStep[] _steps;
    private readonly TaskCompletionSource _hungUp = new();

    public CannedService(params CannedStep[] steps)
    {
        _steps = steps;
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>What came after the heads.</summary>
    public MemoryStream Received { get; } = new();

    /// <summary>The first connection is over.</summary>
    public Task HungUp => _hungUp.Task;

    public List<string> Heads { get; } = [];

    /// <summary>Puts it in the place of the sandbox's Glance, for logins to come.</summary>
    public void ReplaceGlance(TestCloud cloud)
    {
        var glance = cloud.Sandbox.GlanceUrl.AbsoluteUri.TrimEnd('/');
        cloud.Sandbox.Traffic.Fail(
            new SandboxFault
            {
                Service = SandboxService.Keystone,
                Times = int.MaxValue,
                Status = 201,
                Rewrite = body =>
                    Encoding.UTF8.GetBytes(
                        Encoding.UTF8.GetString(body).Replace(glance, Url, StringComparison.Ordinal)
                    ),
            }
        );
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptSocketAsync();
                await TalkAsync(connection);
                _hungUp.TrySetResult();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over, or the client hung up.
            _hungUp.TrySetResult();
        }
    }

    private async Task TalkAsync(Socket connection)
    {
        var buffer = new byte[1 << 16];
        var head = new StringBuilder();
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await connection.ReceiveAsync(buffer);
            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        Heads.Add(head.ToString());
        foreach (var step in _steps)
        {
            var left = step.Read < 0 ? long.MaxValue : step.Read;
            int count;
            while (left > 0 && (count = await connection.ReceiveAsync(buffer)) > 0)
            {
                left -= count;
                await Received.WriteAsync(buffer.AsMemory(0, count));
            }
            if (step.Say is { } text)
            {
                await connection.SendAsync(Encoding.ASCII.GetBytes(text));
            }
        }
    }
}
