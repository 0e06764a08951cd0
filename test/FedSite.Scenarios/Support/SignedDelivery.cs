using System.Text;
using CliWrap;
using CliWrap.Buffered;
using FedSite.Sandbox.Ams;

namespace FedSite.Scenarios.Support;

/// <summary>What arrived at the messaging service, read without any of the product's code.</summary>
internal static class SignedDelivery
{
    /// <summary>The texts of all messages, each verified by the <c>openssl</c> program against the trust folder.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        IEnumerable<DeliveredMessage> messages,
        string trustFolder
    )
    {
        var texts = new List<string>();
        foreach (var message in messages)
        {
            var result = await Cli.Wrap("openssl")
                .WithArguments(["smime", "-verify", "-text", "-purpose", "any", "-CApath", trustFolder])
                .WithStandardInputPipe(PipeSource.FromBytes(message.Data.ToArray()))
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync(Encoding.UTF8);
            Assert.True(result.ExitCode == 0, result.StandardError);
            texts.Add(result.StandardOutput.ReplaceLineEndings("\n"));
        }

        return texts;
    }

    /// <summary>Cloud records as the repository reads them: the last one of a machine and month wins.</summary>
    public static Dictionary<string, SortedDictionary<string, string>> CloudRecords(IEnumerable<string> texts)
    {
        var records = new Dictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        foreach (var text in texts.Where(t => t.StartsWith("APEL-cloud-message: v0.4\n", StringComparison.Ordinal)))
        {
            foreach (var record in text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..].Split("%%"))
            {
                var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
                foreach (var line in record.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                {
                    var colon = line.IndexOf(':', StringComparison.Ordinal);
                    fields.Add(line[..colon], line[(colon + 1)..].Trim());
                }

                var measured =
                    fields["Status"] == "completed"
                        ? long.Parse(fields["EndTime"], System.Globalization.CultureInfo.InvariantCulture)
                        : long.Parse(fields["StartTime"], System.Globalization.CultureInfo.InvariantCulture)
                            + long.Parse(fields["WallDuration"], System.Globalization.CultureInfo.InvariantCulture);
                var month = DateTimeOffset.FromUnixTimeSeconds(measured).ToString("yyyy-MM", null);
                records[$"{fields["VMUUID"]} {month}"] = fields;
            }
        }

        return records;
    }
}
