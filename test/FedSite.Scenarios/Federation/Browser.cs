using FedSite.Scenarios.Support;
using Microsoft.Playwright;

namespace FedSite.Scenarios.Federation;

/// <summary>A person with a browser: Debian's Chromium.</summary>
public sealed class Browser : IAsyncDisposable
{
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>
    /// Logs in as the dashboard has it: from Keystone's address, by way of the provider's page, back to the dashboard.
    /// </summary>
    /// <param name="federation">The federation.</param>
    /// <param name="path">Of Keystone's WebSSO address, from its URL on.</param>
    /// <param name="user">Name at the provider that is expected to ask.</param>
    /// <returns>Keystone's last answer, and the token that it handed to the dashboard unless it refused.</returns>
    internal async Task<(int Status, string? Token)> LogInAsync(TestFederation federation, string path, string user)
    {
        await using var context = await ContextAsync();
        var page = await context.NewPageAsync();
        var answer = await AnswerAsync(page, federation, path, user);
        if (!answer.Ok)
        {
            return (answer.Status, null);
        }
        // Keystone's page hands the token over by itself; only the dashboard shows it in a paragraph.
        return (answer.Status, await page.TextContentAsync("p#token"));
    }

    /// <summary>What is answered, at Keystone's address, to somebody who has logged in at the provider.</summary>
    internal async Task<string> TextAsync(TestFederation federation, string path, string user)
    {
        await using var context = await ContextAsync();
        var page = await context.NewPageAsync();
        return await (await AnswerAsync(page, federation, path, user)).TextAsync();
    }

    private async Task<IBrowserContext> ContextAsync()
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser ??= await _playwright.Chromium.LaunchAsync(
            // Chromium has no sandbox when root runs it.
            new BrowserTypeLaunchOptions { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] }
        );
        return await _browser.NewContextAsync(new BrowserNewContextOptions { IgnoreHTTPSErrors = true });
    }

    private static async Task<IResponse> AnswerAsync(IPage page, TestFederation federation, string path, string user)
    {
        var address = federation.Keystone + path;
        await page.GotoAsync($"{address}?origin={Uri.EscapeDataString($"{federation.Dashboard}/auth/websso/")}");
        await page.FillAsync("input[name=username]", user);
        await page.FillAsync("input[name=password]", federation.Password);
        return await page.RunAndWaitForResponseAsync(
            () => page.ClickAsync("button[type=submit]"),
            response =>
                response.Url.StartsWith(address, StringComparison.Ordinal) && response.Status is (< 300 or >= 400)
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
        _playwright?.Dispose();
    }
}
