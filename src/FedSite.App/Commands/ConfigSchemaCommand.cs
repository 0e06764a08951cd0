using FedSite.Configuration;

namespace FedSite.App.Commands;

/// <summary><c>fedsite config schema</c>: what editors need to complete and check <c>site.yaml</c>.</summary>
internal static class ConfigSchemaCommand
{
    public static AppCommand Create() =>
        new("schema", "Prints the JSON Schema of site.yaml, for editors.")
        {
            Examples =
            [
                new("fedsite config schema > site.schema.json", "For # yaml-language-server: $schema=site.schema.json"),
            ],
            Run = (context, _, _) =>
            {
                context.Output.Bytes(SiteSchema.Read());
                return Task.FromResult(ExitCode.Done);
            },
        };
}
