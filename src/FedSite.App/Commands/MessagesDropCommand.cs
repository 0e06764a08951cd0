using System.CommandLine;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages drop</c>: deletes a message for good.</summary>
internal static class MessagesDropCommand
{
    public static AppCommand Create()
    {
        var id = new Argument<string>("ID") { Description = "Name of the message, or the part behind its slash" };
        var yes = new Option<bool>("--yes") { Description = "Really: its records are lost unless they are made again" };
        return new AppCommand("drop", "Deletes a message that waits or was set aside.")
        {
            Arguments = { id },
            Options = { yes },
            Examples = [new("fedsite messages drop 6a5b1c40/6a5b1c6d0f2a31 --yes", "Nobody needs it any more")],
            Run = (context, arguments, _) =>
            {
                var outbox = Outbox.Open(context.LoadSite().Config, context.Time, context.Loggers);
                var entry = outbox.Find(arguments.GetValue(id)!).Entry;
                var name = entry.Name;
                var isThere = entry.State is MessageState.Queued or MessageState.Unknown or MessageState.SetAside;
                if (isThere && !arguments.GetValue(yes))
                {
                    throw new FedSiteException(
                        $"Message {name} would be deleted for good; nothing was done.",
                        "Give --yes if that is meant.",
                        ExitCode.Usage
                    );
                }

                outbox.Drop(name);
                if (context.Output.Format == OutputFormat.Json)
                {
                    context.Output.Json(new DropView(name), MessageViewJson.Default.DropView);
                }
                else
                {
                    context.Output.Line($"{name}: deleted.");
                }

                return Task.FromResult(ExitCode.Done);
            },
        };
    }
}
