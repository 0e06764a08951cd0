using System.Collections.Concurrent;
using System.Text;
using FedSite.Sandbox.OpenStack;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox;

/// <summary>What goes through the services: counted, delayed, and made to fail on demand.</summary>
public sealed class SandboxTraffic
{
    private readonly TimeSpan _latency;
    private readonly ConcurrentDictionary<SandboxService, long> _requests = new();
    private readonly ConcurrentDictionary<SandboxService, LoopbackServer> _servers = new();
    private readonly Lock _change = new();
    private readonly List<(SandboxFault Fault, int Left)> _faults = [];
    private long _failures;
    private int _underWay;
    private int _mostAtOnce;

    internal SandboxTraffic(TimeSpan latency) => _latency = latency;

    /// <summary>Requests so far, failed ones included.</summary>
    public long Requests(SandboxService service) => _requests.GetValueOrDefault(service);

    public long AllRequests => _requests.Values.Sum();

    /// <summary>Requests that a fault has hit so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>How many requests were under way at once, at most.</summary>
    public int MostAtOnce
    {
        get => Volatile.Read(ref _mostAtOnce);
        set => Volatile.Write(ref _mostAtOnce, value);
    }

    public void Fail(SandboxFault fault)
    {
        lock (_change)
        {
            _faults.Add((fault, fault.Times));
        }
    }

    /// <summary>Ends all faults; services that refuse connections listen again when this returns.</summary>
    public async Task StopFailingAsync()
    {
        lock (_change)
        {
            _faults.Clear();
        }
        foreach (var server in _servers.Values)
        {
            await server.ListenAgainAsync();
        }
    }

    /// <summary>Listens on a port (0: a free one) with this handler behind the faults.</summary>
    internal async Task<LoopbackServer> ServeAsync(
        SandboxService service,
        LoopbackTerms terms,
        RequestDelegate handler,
        CancellationToken ct
    )
    {
        var server = await LoopbackServer.StartAsync(terms, Through(service, handler), ct);
        _servers[service] = server;
        return server;
    }

    private RequestDelegate Through(SandboxService service, RequestDelegate handler) =>
        async context =>
        {
            _requests.AddOrUpdate(service, 1, (_, before) => before + 1);
            var underWay = Interlocked.Increment(ref _underWay);
            lock (_change)
            {
                _mostAtOnce = Math.Max(_mostAtOnce, underWay);
            }
            try
            {
                if (_latency > TimeSpan.Zero)
                {
                    await Task.Delay(_latency, TimeProvider.System, context.RequestAborted);
                }
                if (Take(service, context.Request) is { } fault)
                {
                    Interlocked.Increment(ref _failures);
                    await FailAsync(context, fault, handler);
                    return;
                }
                await handler(context);
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        };

    private SandboxFault? Take(SandboxService service, HttpRequest request)
    {
        lock (_change)
        {
            var found = _faults.FindIndex(f => f.Fault.Service == service && f.Fault.When(request));
            if (found < 0)
            {
                return null;
            }
            var (fault, left) = _faults[found];
            if (left <= 1)
            {
                _faults.RemoveAt(found);
            }
            else if (left < int.MaxValue)
            {
                _faults[found] = (fault, left - 1);
            }
            return fault;
        }
    }

    private async Task FailAsync(HttpContext context, SandboxFault fault, RequestDelegate handler)
    {
        if (fault.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fault.Delay, TimeProvider.System, context.RequestAborted);
        }
        if (fault.Damage is { } damage)
        {
            using var sent = new MemoryStream();
            await context.Request.Body.CopyToAsync(sent, context.RequestAborted);
            context.Request.Body = new MemoryStream(damage(sent.ToArray()));
            await handler(context);
            return;
        }
        var truth = fault.Done || fault.Rewrite is not null ? await DoAsync(context, handler) : [];
        var body = fault.Rewrite is { } rewrite ? rewrite(truth) : Pretend(context.Response, fault);
        switch (fault.Kind)
        {
            case FaultKind.Reset:
                context.Abort();
                break;
            case FaultKind.Refuse:
                _servers[fault.Service].Refuse();
                break;
            case FaultKind.Stall:
                await StallAsync(fault, context.RequestAborted);
                break;
            case FaultKind.Cut:
                // The server closes a connection on which less came than was announced.
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
                break;
            case FaultKind.CutChunks:
                // A body that frames its chunks itself goes out as it is, and without its last chunk.
                context.Response.ContentLength = null;
                context.Response.Headers.TransferEncoding = "chunked";
                context.Response.Headers.Connection = "close";
                await context.Response.WriteAsync($"{body.Length:x}\r\n", context.RequestAborted);
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2), context.RequestAborted);
                break;
            default:
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
                break;
        }
    }

    /// <summary>
    /// Whoever is told that a request stalls ends all that wait: those that do not stall had better be answered first. Not
    /// for ever: an upload may itself wait for what stalls.
    /// </summary>
    private async Task StallAsync(SandboxFault fault, CancellationToken ct)
    {
        Interlocked.Decrement(ref _underWay);
        try
        {
            for (var tries = 0; tries < 50 && Volatile.Read(ref _underWay) > 0; tries++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, ct);
            }
            fault.Stalled();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        }
        finally
        {
            Interlocked.Increment(ref _underWay);
        }
    }

    private static byte[] Pretend(HttpResponse response, SandboxFault fault)
    {
        response.Clear();
        Answers.StampRequestId(response);
        response.StatusCode = fault.Status;
        response.ContentType = fault.ContentType;
        if (fault.RetryAfter is not null)
        {
            response.Headers.RetryAfter = fault.RetryAfter;
        }
        return Encoding.UTF8.GetBytes(fault.Body);
    }

    /// <summary>Lets the service do its work and keeps the body of its answer.</summary>
    private static async Task<byte[]> DoAsync(HttpContext context, RequestDelegate handler)
    {
        var body = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        try
        {
            await handler(context);
            await context.Response.BodyWriter.FlushAsync();
        }
        finally
        {
            context.Response.Body = body;
        }
        return kept.ToArray();
    }
}
