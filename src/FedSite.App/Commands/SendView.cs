using System.Globalization;
using FedSite.App.Terminals;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary>What was sent, for people and for scripts.</summary>
internal sealed record SendView(
    string Queue,
    int Sent,
    long Records,
    long Bytes,
    int Left,
    IReadOnlyList<SetAsideView> SetAside,
    string? Stopped,
    string? NextStep
)
{
    public static SendView Of(SendReport report) =>
        new(
            report.Queue,
            report.Sent,
            report.Records,
            report.Bytes,
            report.Left,
            [.. report.SetAside.Select(n => new SetAsideView(n.Name, n.Reason, n.NextStep))],
            report.Stopped,
            report.NextStep
        );

    public void ShowLines(Output output)
    {
        output.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Queue {Queue}: {Sent:N0} messages with {Records:N0} records sent, {SetAside.Count:N0} set aside, {Left:N0} left."
            )
        );
        foreach (var message in SetAside)
        {
            output.Line($"  set aside {message.Name}: {message.Reason}");
        }

        if (Stopped is not null)
        {
            output.Line($"  stopped: {Stopped}");
        }

        if (NextStep is not null)
        {
            output.Line($"  {NextStep}");
        }
    }
}

/// <summary>A message that can't be sent.</summary>
internal sealed record SetAsideView(string Name, string Reason, string? NextStep);
