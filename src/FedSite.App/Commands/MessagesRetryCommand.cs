using System.CommandLine;
using FedSite.App.Terminals;
using FedSite.Messages;

namespace FedSite.App.Commands;

/// <summary><c>fedsite messages retry</c>: puts messages that were set aside back into the queue.</summary>
internal static class MessagesRetryCommand
{
    public static AppCommand Create()
    {
        var id = new Argument<string?>("ID")
        {
            Description = "Name of the message, or the part behind its slash",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "All messages that were set aside" };
        return new AppCommand("retry", "Puts messages that were set aside back into the queue, at their old place.")
        {
            Arguments = { id },
            Options = { all },
            Examples =
            [
                new("fedsite messages retry 6a5b1c40/6a5b1c6d0f2a31", "The reason is gone: queue it again"),
                new("fedsite messages retry --all", "All of them; `fedsite messages send` then sends them"),
            ],
            Run = (context, arguments, _) =>
            {
                var name = arguments.GetValue(id);
                if (name is null == !arguments.GetValue(all))
                {
                    throw new FedSiteException(
                        "Name one message, or give --all.",
                        "`fedsite messages list --state set-aside` shows them.",
                        ExitCode.Usage
                    );
                }

                var outbox = Outbox.Open(context.LoadSite().Config, context.Time, context.Loggers);
                return Task.FromResult(name is null ? RetryAll(context, outbox) : RetryOne(context, outbox, name));
            },
        };
    }

    private static ExitCode RetryOne(CommandContext context, Outbox outbox, string name)
    {
        var outcome = outbox.Retry(name);
        Show(context.Output, [new RetryView(outcome.Name, outcome.Records, outcome.Superseded, Error: null)]);
        return ExitCode.Done;
    }

    private static ExitCode RetryAll(CommandContext context, Outbox outbox)
    {
        var views = new List<RetryView>();
        foreach (var entry in outbox.List(MessageState.SetAside))
        {
            try
            {
                var outcome = outbox.Retry(entry.Name);
                views.Add(new RetryView(outcome.Name, outcome.Records, outcome.Superseded, Error: null));
            }
            catch (FedSiteException e)
            {
                // One that can't go back never keeps the others.
                views.Add(new RetryView(entry.Name, entry.Records, Superseded: 0, $"{e.Message} {e.NextStep}"));
            }
        }

        Show(context.Output, views);
        var failed = views.Count(view => view.Error is not null);
        return failed == 0 ? ExitCode.Done
            : failed < views.Count ? ExitCode.Partly
            : ExitCode.Failed;
    }

    private static void Show(Output output, List<RetryView> views)
    {
        if (output.Format == OutputFormat.Json)
        {
            output.Json(views, MessageViewJson.Default.IReadOnlyListRetryView);
            return;
        }

        foreach (var view in views)
        {
            output.Line(
                view.Error is { } error ? $"{view.Name}: {error}"
                : view.Superseded == 0 ? $"{view.Name}: queued again."
                : $"{view.Name}: queued again with {view.Records} records; {view.Superseded} were left out, since younger "
                    + "messages that were sent hold newer ones."
            );
        }

        if (views.Count == 0)
        {
            output.Line("No message was set aside.");
        }
    }
}
