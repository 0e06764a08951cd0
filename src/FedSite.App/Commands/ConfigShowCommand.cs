using System.Text.Json.Serialization;
using FedSite.App.Terminals;
using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary><c>fedsite config show</c>: what is in force and where it comes from, without secrets.</summary>
internal static class ConfigShowCommand
{
    public static AppCommand Create() =>
        new("show", "Shows the settings in force and where each comes from; secrets are masked.")
        {
            Examples =
            [
                new("fedsite config show", "Everything, defaults too"),
                new("fedsite config show --os-cloud example", "With the credentials of that entry of clouds.yaml"),
            ],
            Run = (context, _, _) => Task.FromResult(Run(context)),
        };

    private static ExitCode Run(CommandContext context)
    {
        var site = context.LoadSite();
        var settings = EffectiveSettings.Of(site).ToList();
        try
        {
            var cloud = EffectiveSettings.Of(context.FindCloud(site.Config.OpenStack));
            if (site.Config.OpenStack?.Auth is null || context.Options.OsCloud is not null)
            {
                settings.RemoveAll(setting => setting.Key.StartsWith("openstack.", StringComparison.Ordinal));
                settings.InsertRange(
                    settings.FindLastIndex(s => s.Key.StartsWith("site.", StringComparison.Ordinal)) + 1,
                    cloud
                );
            }
        }
        catch (ConfigurationException e)
        {
            // The rest is worth seeing, often just because the cloud's part is not right yet.
            context.Console.Line($"warning: {e.Message}\n{e.NextStep}", Tone.Warning);
        }

        if (context.Options.Format == OutputFormat.Json)
        {
            context.Output.Json(new ShowDocument(site.Path, settings), ConfigShowJson.Default.ShowDocument);
            return ExitCode.Done;
        }

        var table = new TextTable("Key", "Value", "From");
        foreach (var setting in settings)
            table.Add(
                setting.Key,
                setting.Value,
                new Cell(setting.Source, setting.Source == "default" ? Tone.Faint : Tone.Plain)
            );
        context.Output.Line(site.Path);
        context.Output.Table(table);
        return ExitCode.Done;
    }
}

internal sealed record ShowDocument(string File, IReadOnlyList<EffectiveSetting> Settings);

[JsonSerializable(typeof(ShowDocument))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ConfigShowJson : JsonSerializerContext;
