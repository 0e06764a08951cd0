using System.CommandLine;
using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Federation.Catchall;
using FedSite.Federation.Rendering;
using FedSite.Federation.Retirement;
using FedSite.State;

namespace FedSite.App.Commands;

/// <summary><c>fedsite federation render</c>: files for the programs around Keystone.</summary>
internal static class FederationRenderCommand
{
    public static AppCommand Create()
    {
        var target = new Argument<string>("TARGET")
        {
            Description = $"What for: {string.Join(", ", RenderTargets.Words)}",
        };
        target.AcceptOnlyFromAmong([.. RenderTargets.Words]);
        var folder = new Option<string?>("--output-dir", "-o")
        {
            Description = "Folder to write the files to (default: the main file goes to standard output)",
            HelpName = "DIR",
        };
        return new AppCommand("render", "Makes the files that join a program to the federation; secrets stay outside.")
        {
            Arguments = { target },
            Options = { folder },
            Examples =
            [
                new(
                    "fedsite federation render apache -o /etc/apache2/fedsite",
                    "Logins before Keystone; then run setup there"
                ),
                new("fedsite federation render keystone > fedsite.conf", "For /etc/keystone/keystone.conf.d"),
                new(
                    "fedsite federation render trust-bundle -o /etc/fedsite/trust",
                    "The grid's CAs and CRLs in a file each"
                ),
                new(
                    "fedsite federation render catchall > EXAMPLE-SITE.yaml",
                    "For EGI's central operations; then send it to them"
                ),
                new("fedsite federation render haproxy --output json | jq -r '.[0].content'", "For a script"),
            ],
            Run = async (context, arguments, cancellationToken) =>
            {
                var word = RenderTargets.Words.Index().First(w => w.Item == arguments.GetValue(target));
                var wanted = (RenderTarget)word.Index;
                var rendering = await RenderAsync(context, wanted, cancellationToken);
                return Show(context, wanted, rendering, arguments.GetValue(folder));
            },
        };
    }

    private static async Task<RenderedTarget> RenderAsync(
        CommandContext context,
        RenderTarget target,
        CancellationToken cancellationToken
    )
    {
        if (target != RenderTarget.Catchall)
            return FederationRenderer.Render(context.LoadSite(), target);
        var logger = context.Loggers.CreateLogger("FedSite.Federation");
        var (withdrawn, doubt) = Withdrawn(context);
        var renderer = new CatchallRenderer(context.Site, () => context.ConnectCloud(), context.Time, logger)
        {
            Withdrawn = withdrawn,
        };
        var rendering = await renderer.RenderAsync(cancellationToken);
        return doubt is null
            ? rendering
            : rendering with
            {
                Warnings = [.. rendering.Warnings, doubt],
                IsPartial = true,
            };
    }

    /// <summary>A file of somebody who has no state database, on another machine for instance, is a file all the same.</summary>
    private static (IReadOnlySet<string> Vos, string? Doubt) Withdrawn(CommandContext context)
    {
        try
        {
            return (RetirementStore.Withdrawn(context.Site, context.OpenState(), context.Time), null);
        }
        catch (StateException e)
        {
            return (new HashSet<string>(), $"VOs that are retiring may be in the file: {e.Message}");
        }
    }

    private static ExitCode Show(CommandContext context, RenderTarget target, RenderedTarget rendering, string? folder)
    {
        var isJson = context.Options.Format == OutputFormat.Json;
        var views = rendering.Files.Select(file => View(folder, file)).ToList();
        if (isJson)
            context.Output.Json(views, FederationRenderJson.Default.ListRenderedFileView);
        else if (folder is null)
            context.Output.Text(rendering.Files[0].Content);
        else
            ShowWritten(context, folder, views);
        if (folder is null && !isJson && rendering.Files.Count > 1)
        {
            var others = string.Join(", ", rendering.Files.Skip(1).Select(file => file.Path));
            context.Console.Line(
                $"note: {target.Word()} also needs {others}; --output-dir DIR writes all of them",
                Tone.Warning
            );
        }

        foreach (var warning in rendering.Warnings)
            context.Console.Line($"warning: {warning}", Tone.Warning);
        return rendering.IsPartial ? ExitCode.Partly : ExitCode.Done;
    }

    private static RenderedFileView View(string? folder, RenderedFile file) =>
        new(
            file.Path,
            file.OctalMode,
            file.Content,
            folder is null ? null : RenderedFolder.Write(Path.GetFullPath(folder), file)
        );

    private static void ShowWritten(CommandContext context, string folder, List<RenderedFileView> views)
    {
        foreach (var view in views)
        {
            var path = Path.Combine(folder, view.Path);
            context.Output.Line(view.Written == true ? $"Wrote {path} ({view.Mode})." : $"{path} is unchanged.");
        }
    }
}

/// <summary>A rendered file.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Mode">Octal, for instance 0644.</param>
/// <param name="Written">False: it was there already; null: no folder was named.</param>
internal sealed record RenderedFileView(string Path, string Mode, string Content, bool? Written);

[JsonSerializable(typeof(List<RenderedFileView>))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
internal sealed partial class FederationRenderJson : JsonSerializerContext;
