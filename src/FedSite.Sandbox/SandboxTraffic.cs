using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace FedSite.Sandbox;

/// <summary>What goes through the services: counted, delayed, and made to fail on demand.</summary>
public sealed class SandboxTraffic
{
    private readonly TimeSpan _latency;
    private readonly ConcurrentDictionary<SandboxService, long> _requests = new();
    private readonly Lock _change = new();
    private readonly List<(SandboxFault Fault, int Left)> _faults = [];

    internal SandboxTraffic(TimeSpan latency) => _latency = latency;

    /// <summary>Requests so far, failed ones included.</summary>
    public long Requests(SandboxService service) => _requests.GetValueOrDefault(service);

    public long AllRequests => _requests.Values.Sum();

    public void Fail(SandboxFault fault)
    {
        lock (_change)
        {
            _faults.Add((fault, fault.Times));
        }
    }

    public void StopFailing()
    {
        lock (_change)
        {
            _faults.Clear();
        }
    }

    internal RequestDelegate Through(SandboxService service, RequestDelegate handler) =>
        async context =>
        {
            _requests.AddOrUpdate(service, 1, (_, before) => before + 1);
            if (_latency > TimeSpan.Zero)
            {
                await Task.Delay(_latency, TimeProvider.System, context.RequestAborted);
            }
            if (Take(service, context.Request) is { } fault)
            {
                await FailAsync(context, fault);
                return;
            }
            await handler(context);
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
            else
            {
                _faults[found] = (fault, left - 1);
            }
            return fault;
        }
    }

    private static async Task FailAsync(HttpContext context, SandboxFault fault)
    {
        if (fault.Reset)
        {
            context.Abort();
            return;
        }
        if (fault.RetryAfter is not null)
        {
            context.Response.Headers.RetryAfter = fault.RetryAfter;
        }
        var body = Encoding.UTF8.GetBytes(fault.Body);
        context.Response.StatusCode = fault.Status;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
