using FedSite.Information.Publishing;
using FedSite.Sandbox;
using FedSite.State;

namespace FedSite.Tests.Information;

/// <summary>The state database can be read, but not written: its disk is full, for instance.</summary>
public sealed class MemoryFaultTests : IAsyncLifetime
{
    private InformationSite _site = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _site = await InformationSite.StartAsync(new SandboxOptions { Projects = 1, Servers = 1 });

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    [Fact]
    public async Task A_document_that_cannot_be_remembered_is_published_all_the_same()
    {
        Lock("information_document");
        using var information = _site.Open();
        using var target = new FileTarget(Path.Combine(_site.Folder, "site.json"));

        var outcomes = await information.PublishAsync("{}"u8.ToArray(), [target], Ct);

        Assert.True(Assert.Single(outcomes).IsDone);
        Assert.Contains(_site.Log.Lines, line => line.Contains("remembered", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Projects_that_cannot_be_remembered_are_in_the_document_all_the_same()
    {
        Lock("information_share");

        var document = await _site.ReadAsync();

        Assert.NotEmpty(document.Class("Share"));
        Assert.Contains(_site.Log.Lines, line => line.Contains("remembered", StringComparison.Ordinal));
    }

    private void Lock(string table)
    {
        using var connection = _site.State.Connect();
        connection.Execute(
            $"create trigger locked_{table} before insert on {table} begin select raise(abort, 'full'); end"
        );
    }
}
