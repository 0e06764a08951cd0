using System.Text.Json.Nodes;
using CliWrap.Buffered;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>
/// A site that has joined: an empty Keystone, and what <c>fedsite federation render</c> and <c>fedsite apply</c> made of it.
/// </summary>
public abstract class FederatedSite : IAsyncLifetime
{
    private readonly string _deployment;
    private readonly bool _isSeveral;
    private JoiningSite? _site;

    protected FederatedSite(string deployment, bool isSeveral = false) =>
        (_deployment, _isSeveral) = (deployment, isSeveral);

    /// <summary>Skips the test where there is none.</summary>
    internal TestFederation Federation => _site?.Federation ?? Require.Federation();

    public async ValueTask InitializeAsync()
    {
        if (Require.HasFederation)
        {
            _site = new JoiningSite(_deployment, _isSeveral);
            await _site.RenderAsync();
            await _site.ServeAsync();
            Plan = await _site.RunAsync("plan", "--output", "json");
            await _site.DoneAsync("apply", "--yes");
        }
    }

    /// <summary>What was going to be done, before it was.</summary>
    internal BufferedCommandResult Plan { get; private set; } = null!;

    internal Task<BufferedCommandResult> RunAsync(params string[] arguments) => _site!.RunAsync(arguments);

    internal Task<IReadOnlyList<JsonNode>> AskAsync(params string[] commands) => _site!.AskAsync(commands);

    public ValueTask DisposeAsync()
    {
        _site?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Keystone inside Apache.</summary>
public sealed class ModWsgiSite() : FederatedSite("mod_wsgi");

/// <summary>Apache's mod_proxy_uwsgi before Keystone.</summary>
public sealed class ProxyUwsgiSite() : FederatedSite("proxy_uwsgi");

/// <summary>Apache's mod_proxy_http before Keystone.</summary>
public sealed class ProxyHttpSite() : FederatedSite("proxy_http");

/// <summary>Two providers and the introspection proxy.</summary>
public sealed class TwoProvidersSite() : FederatedSite("mod_wsgi", isSeveral: true);
