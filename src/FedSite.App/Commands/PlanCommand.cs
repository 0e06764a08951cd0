using System.CommandLine;
using FedSite.Federation.Plans;

namespace FedSite.App.Commands;

/// <summary><c>fedsite plan</c>: what <c>apply</c> would change in the cloud.</summary>
internal static class PlanCommand
{
    public static AppCommand Create()
    {
        var scope = new PlanOptions();
        var to = new Option<string?>("--out")
        {
            Description = "Also write the plan to this file, for `fedsite apply FILE`",
            HelpName = "FILE",
        };
        return new AppCommand(
            "plan",
            "Shows what has to change in the cloud for it to be as site.yaml says; changes nothing. Exit code 4: something has to."
        )
        {
            Options = { scope.Only, scope.Vo, scope.Prune, scope.Force, to },
            Examples =
            [
                new("fedsite plan --os-cloud admin", "What would `apply` do?"),
                new("fedsite plan --vo vo.access.egi.eu", "Only what this VO needs; the account from OS_* variables"),
                new("fedsite plan --out plan.json", "Keep it, let somebody read it, and apply exactly that"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var wanted = scope.Scope(arguments);
                using var session = FederationSession.Open(context);
                Plan plan;
                using (context.Progress("Reading the cloud"))
                    plan = await session.Plans.PlanAsync(wanted, cancellationToken);
                if (arguments.GetValue(to) is { } file)
                    PlanFile.Write(file, PlanDocument.Of(plan));
                PlanView.Show(context.Output, plan);
                return plan.Problems.Count > 0 ? ExitCode.Failed
                    : plan.Changes.Count > 0 ? ExitCode.Differences
                    : plan.Findings.Count > 0 ? ExitCode.Partly
                    : ExitCode.Done;
            },
        };
    }
}

/// <summary>Plans in files.</summary>
internal static class PlanFile
{
    private const int MaxBytes = 16 << 20;

    /// <summary>Whole or not at all.</summary>
    public static void Write(string file, PlanDocument plan)
    {
        try
        {
            var temporary = $"{file}.{Environment.ProcessId}.tmp";
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                stream.Write(plan.ToJson());
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"The plan can't be written: {e.Message}",
                "Name another file with --out.",
                inner: e
            );
        }
    }

    public static PlanDocument Read(string file)
    {
        try
        {
            var length = new FileInfo(file).Length;
            return length <= MaxBytes
                ? PlanDocument.Parse(File.ReadAllBytes(file), file)
                : throw new FedSiteException($"{file} is no plan: it is too large.", nextStep: null, ExitCode.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FedSiteException(
                $"The plan can't be read: {e.Message}",
                "Make one with `fedsite plan --out plan.json`.",
                ExitCode.Usage,
                e
            );
        }
    }
}
