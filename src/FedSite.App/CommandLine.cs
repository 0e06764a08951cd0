using System.CommandLine;
using FedSite.App.Commands;
using FedSite.App.Terminals;

namespace FedSite.App;

/// <summary>The tree of commands, and one run of the program.</summary>
internal static class CommandLine
{
    public static AppCommand CreateRoot()
    {
        var root = new AppCommand("fedsite", "Joins an OpenStack cloud to the EGI Federation.")
        {
            Subcommands =
            {
                DemoCommand.Create(),
                InitCommand.Create(),
                ConfigCommands.Create(),
                CheckCommand.Create(),
                PlanCommand.Create(),
                ApplyCommand.Create(),
                FederationCommands.Create(),
                VoCommands.Create(),
                AuditCommand.Create(),
                FlavorsCommands.Create(),
                AccountingCommands.Create(),
                InfoCommands.Create(),
                ImagesCommands.Create(),
                MessagesCommands.Create(),
                SandboxCommands.Create(),
                CompletionCommand.Create(),
                CompletionCommand.CreateHidden(),
            },
            Examples =
            [
                new("fedsite demo", "See what FedSite does; no cloud is needed"),
                new("fedsite init", "Write the configuration of a site"),
                new("fedsite check", "Is the site ready?"),
                new("fedsite accounting publish", "Read usage and deliver it"),
            ],
        };
        GlobalOptions.AddTo(root);
        return root;
    }

    /// <summary>Runs one command line; never throws.</summary>
    public static Task<ExitCode> RunAsync(
        IReadOnlyList<string> args,
        Terminal terminal,
        TimeProvider time,
        CancellationToken cancellationToken
    ) => RunAsync(CreateRoot(), args, terminal, time, cancellationToken);

    internal static async Task<ExitCode> RunAsync(
        AppCommand root,
        IReadOnlyList<string> args,
        Terminal terminal,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var arguments = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var command = (AppCommand)arguments.CommandResult.Command;
        var options = GlobalOptions.Read(arguments, command, out var problem);
        using var context = new CommandContext(options, terminal, time);
        try
        {
            return await DispatchAsync(context, command, arguments, problem, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return context.Fail("Interrupted.", nextStep: null, ExitCode.Interrupted);
        }
        catch (FedSiteException e)
        {
            if (options.Verbose)
                context.Console.Line(e.ToString());
            return context.Fail(e.Message, e.NextStep, e.ExitCode);
        }
        catch (Exception e)
        {
            if (options.Verbose)
                context.Console.Line(e.ToString());
            return context.Fail(
                $"Unexpected {e.GetType().Name}: {e.Message}",
                options.Verbose ? "Please report it with the lines above." : "Run it again with --verbose for details.",
                ExitCode.Failed
            );
        }
        finally
        {
            terminal.Flush();
        }
    }

    private static async Task<ExitCode> DispatchAsync(
        CommandContext context,
        AppCommand command,
        ParseResult arguments,
        string? problem,
        CancellationToken cancellationToken
    )
    {
        if (context.Options.Help)
        {
            context.Output.Text(HelpText.Of(command));
            return ExitCode.Done;
        }

        if (context.Options.Version)
        {
            context.Output.Text($"fedsite {ProductInfo.Version}\n");
            return ExitCode.Done;
        }

        if (arguments.UnmatchedTokens.Count == 0 && command.Run is null)
        {
            if (context.Options.Format == OutputFormat.Json)
                return context.Fail(
                    $"`{HelpText.FullName(command)}` needs a command.",
                    $"See `{HelpText.FullName(command)} --help`.",
                    ExitCode.Usage
                );
            context.Console.Line(HelpText.Of(command));
            return ExitCode.Usage;
        }

        problem = UsageProblems.Describe(arguments) ?? problem;
        if (problem is not null)
            return context.Fail(problem, $"See `{HelpText.FullName(command)} --help`.", ExitCode.Usage);
        return await command.Run!(context, arguments, cancellationToken);
    }
}
