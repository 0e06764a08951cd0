using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using FedSite.Accounting;
using FedSite.Configuration;
using FedSite.OpenStack.Compute;
using FedSite.TestKit;

namespace FedSite.Tests.Accounting;

/// <summary>
/// Each folder of Cases holds servers as a real Nova (Zed, microversion 2.93) has shown them, a window, and the messages
/// that come of it, version numbers apart.
/// </summary>
public sealed class RecordCaseTests
{
    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateDirectories(Folder()).Select(Path.GetFileName).OfType<string>()];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_servers_of_a_case_give_its_messages(string name)
    {
        using var answer = JsonDocument.Parse(
            await File.ReadAllTextAsync(
                Path.Combine(Folder(), name, "servers.json"),
                TestContext.Current.CancellationToken
            )
        );
        var root = answer.RootElement;
        var window = UsageWindow.Of(
            root.GetProperty("from").GetDateTimeOffset(),
            root.GetProperty("to").GetDateTimeOffset()
        );
        var servers = root.GetProperty("servers")
            .EnumerateArray()
            .Select(s => SomeServer.Read(s.GetRawText()))
            .ToList();
        var messages = new StringBuilder();
        foreach (var kind in (RecordKind[])[RecordKind.Cloud, RecordKind.Accelerator])
        {
            foreach (var month in window.Months(kind is RecordKind.Cloud ? TimeSpan.FromSeconds(1) : TimeSpan.Zero))
            {
                messages.Append(await MessageAsync(kind, servers, month)).Append('\n');
            }
        }

        Golden.Check(
            messages.Replace($"FedSite/{ProductInfo.Version}", "FedSite/VERSION").ToString(),
            $"Accounting/Cases/{name}/expected.txt"
        );
    }

    private static async Task<string> MessageAsync(RecordKind kind, List<Server> servers, UsageWindow month)
    {
        var builder = new RecordBuilder("EXAMPLE-SITE", "keystone.example.org", new AccountingConfig());
        var message = "";
        using var writer = new MessageWriter(
            MessageFrame.Of(kind, new AccountingConfig()),
            new QueueConfig { Spool = "", Topic = "" },
            (text, _, _) =>
            {
                message += Encoding.ASCII.GetString(text.Span);
                return Task.CompletedTask;
            }
        );
        foreach (var server in servers.Where(s => ServerUsage.Of(s).Touches(month)))
        {
            var line = new System.Buffers.ArrayBufferWriter<byte>();
            var owner = new Owner("vo.example.eu", "someone@egi.eu", server.ImageId);
            var usage = ServerUsage.Of(server);
            if (kind is RecordKind.Cloud)
            {
                builder.Cloud(server, usage, month, owner).WriteTo(line);
            }
            else
            {
                builder.Accelerator(server, usage, month, owner)?.WriteTo(line);
            }

            if (line.WrittenCount > 0)
            {
                await writer.AddAsync(line.WrittenMemory, CancellationToken.None);
            }
        }

        await writer.FlushAsync(CancellationToken.None);
        return message;
    }

    private static string Folder([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Cases");
}
