using System.Globalization;
using System.Text;
using System.Text.Json;
using FedSite.Scenarios.Accounting;
using FedSite.Scenarios.Support;

namespace FedSite.Scenarios.Federation;

/// <summary>A VO with servers, a volume, an image and a user leaves the real cloud, to the last stage and its last record.</summary>
public sealed class RetiredVoTests : IAsyncDisposable
{
    private RetiringSite? _started;

    private RetiringSite Site => _started!;

    public async ValueTask DisposeAsync()
    {
        if (_started is not null)
            await _started.DisposeAsync();
    }

    [Fact]
    public async Task From_first_to_last_stage_each_undone_once()
    {
        _started = await RetiringSite.StartAsync();
        await Site.ApplyAsync();
        await Site.FillAsync();
        Assert.Equal(0, (await Site.Program.RunAsync("accounting", "publish")).ExitCode);

        await OwnersAsync();
        await UnmapAsync();
        await WithdrawAsync();
        await StopAsync();
        await DeleteAsync();
        await AccountAsync();
        await DisableAsync();
        await LeaveAsync();
    }

    [Fact]
    public async Task The_last_VO_of_a_mapping_is_taken_out_once_auditors_are_in_it()
    {
        _started = await RetiringSite.StartAsync(isAlone: true);
        await Site.ApplyAsync();
        await Site.ReachAsync("owners");
        Assert.Contains("no mapping without rules", await Site.RefusedAsync("unmap"), StringComparison.Ordinal);

        await Site.EditAsync(
            "vos:\n",
            "  auditors: [\"urn:mace:egi.eu:group:cloud.egi.eu:role=auditor#aai.egi.eu\"]\nvos:\n"
        );
        await Site.DoneAsync("apply --yes");
        await Site.ReachAsync("unmap");
        Assert.DoesNotContain(Site.Group, await Site.RulesAsync(), StringComparison.Ordinal);
        await NothingToApplyAsync();

        await Site.TakeOutOfFileAsync();
        await Site.DoneAsync("apply --prune --yes");
        Assert.Empty(await Site.GroupsAsync());
        await NothingToApplyAsync();
    }

    private async Task OwnersAsync()
    {
        var day = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var answer = await Site.DoneAsync($"vo retire {Site.Vo} --stage owners --delete-after {day} --yes");

        var owner = Assert.Single(answer.GetProperty("plan").GetProperty("owners").EnumerateArray().ToList());
        Assert.Equal(
            ("publisher", 2, 1),
            (
                owner.GetProperty("name").GetString(),
                owner.GetProperty("servers").GetInt32(),
                owner.GetProperty("volumes").GetInt32()
            )
        );
    }

    private async Task UnmapAsync()
    {
        var mapping = await Site.RulesAsync();
        Assert.Contains(Site.Group, mapping, StringComparison.Ordinal);
        await Site.ReachAsync("unmap");
        Assert.DoesNotContain(Site.Group, await Site.RulesAsync(), StringComparison.Ordinal);
        await NothingToApplyAsync();
        await Site.UndoAsync();
        Assert.Equal(mapping, await Site.RulesAsync());
        await Site.ReachAsync("unmap");
    }

    private async Task WithdrawAsync()
    {
        await Site.ReachAsync("withdraw");
        Assert.Empty(await Site.MembersAsync());
        await Site.UndoAsync();
        Assert.Equal(["accepted"], await Site.MembersAsync());
        await Site.ReachAsync("withdraw");
    }

    private async Task StopAsync()
    {
        await Site.ReachAsync("stop");
        Assert.Equal(("SHUTOFF", "SHUTOFF"), await StatusesAsync());
        await Site.UndoAsync();
        Assert.Equal(("ACTIVE", "SHUTOFF"), await StatusesAsync());
        await Site.ReachAsync("stop");
    }

    private async Task<(string? Server, string? Stopped)> StatusesAsync() =>
        (await Site.StatusAsync(Site.Server), await Site.StatusAsync(Site.Stopped));

    private async Task DeleteAsync()
    {
        await Site.ReachAsync("delete");
        Assert.Empty(await Site.VolumesAsync());
        Assert.False(await Site.HasImageAsync(Site.Image));
        Assert.True(await Site.HasImageAsync(Site.Shared));
    }

    /// <summary>Not before the last usage is extracted, nor before it is sent.</summary>
    private async Task AccountAsync()
    {
        Assert.Contains("it was empty only after", await Site.RefusedAsync("accounting"), StringComparison.Ordinal);

        await ExtractAsync();
        var waiting = Directory
            .EnumerateFiles(Site.Program.Folder, "*", SearchOption.AllDirectories)
            .Where(file => file.StartsWith(Site.Program.Spool, StringComparison.Ordinal))
            .Select(file => File.ReadAllText(file, Encoding.UTF8))
            .ToList();
        Assert.Contains(waiting, text => text.Contains(Site.Server, StringComparison.Ordinal));
        Assert.Contains(waiting, text => text.Contains(Site.Volume, StringComparison.Ordinal));
        Assert.Contains("records wait", await Site.RefusedAsync("accounting"), StringComparison.Ordinal);

        Assert.Equal(0, (await Site.Program.RunAsync("messages", "send")).ExitCode);
        await Site.ReachAsync("accounting");
        await ArrivedAsync();
    }

    /// <summary>Up to a second after the project was empty: windows have no fractions.</summary>
    private async Task ExtractAsync()
    {
        var began = TimeProvider.System.GetUtcNow();
        DateTimeOffset to;
        do
        {
            var (answer, run) = await Site.Program.RunJsonAsync("accounting", "extract");
            Assert.True(run.ExitCode == 0, run.StandardError);
            to = answer
                .GetProperty("projects")
                .EnumerateArray()
                .Where(project => project.GetProperty("id").GetString() == Site.Project)
                .Select(project => project.GetProperty("to").GetDateTimeOffset())
                .DefaultIfEmpty(DateTimeOffset.MinValue)
                .Max();
        } while (to < began);
    }

    private async Task ArrivedAsync()
    {
        var texts = await SignedDelivery.ReadAsync(Site.Program.Ams.Delivered, Site.Program.TrustFolder);
        var records = SignedDelivery.CloudRecords(texts).Values.ToList();
        foreach (var id in new[] { Site.Server, Site.Stopped })
        {
            var end = ExpectedUsage.Life(await Site.DeletedServerAsync(id)).End!.Value;
            var last = records.Last(record => record["VMUUID"] == id);
            Assert.Equal(
                ("completed", end.ToString(CultureInfo.InvariantCulture), Site.Project, Site.Vo),
                (last["Status"], last["EndTime"], last["LocalGroupId"], last["FQAN"])
            );
        }

        // Before it was deleted, and once more with its end.
        Assert.Equal(2, texts.Count(text => text.Contains($"{Site.Volume}/", StringComparison.Ordinal)));
    }

    private async Task DisableAsync()
    {
        await Site.ReachAsync("disable");
        Assert.False(await Site.IsEnabledAsync());
        await NothingToApplyAsync();
        await Site.UndoAsync();
        Assert.True(await Site.IsEnabledAsync());
        await Site.ReachAsync("disable");
    }

    private async Task LeaveAsync()
    {
        Assert.Contains(Site.Group, await Site.AccessAsync());
        Assert.Contains(Site.AccountingUser, await Site.AccessAsync());
        await Site.TakeOutOfFileAsync();

        await Site.DoneAsync("apply --prune --yes");

        Assert.Empty(await Site.GroupsAsync());
        Assert.DoesNotContain(Site.Group, await Site.RulesAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(Site.AccountingUser, await Site.AccessAsync());
        Assert.False(await Site.IsEnabledAsync());
        Assert.Contains("has no VO", (await Site.RunAsync($"vo retire {Site.Vo}")).StandardError);
    }

    /// <summary>The file, the VO that leaves apart, is as the cloud is.</summary>
    private async Task NothingToApplyAsync()
    {
        var run = await Site.RunAsync("plan --output json");
        Assert.True(run.ExitCode == 0, run.StandardOutput + run.StandardError);
        Assert.Empty(JsonElement.Parse(run.StandardOutput).GetProperty("changes").EnumerateArray());
    }
}
