using FedSite.Configuration;
using FedSite.Grid;

namespace FedSite.Federation.Rendering;

/// <summary>The grid's authorities for programs that want one file each, and units that keep them fresh.</summary>
internal static class TrustBundleFiles
{
    private const string Unit = "fedsite-trust-bundle";

    public static RenderedTarget Render(LoadedSite loaded)
    {
        var folder = loaded.Config.Messaging.Trust;
        var bundle = TrustBundle.Read(folder);
        return new RenderedTarget(
            [
                new RenderedFile(
                    FrontEnd.Authorities,
                    FileHeader.Parts(Header("Certification authorities", folder, "ca-file, ssl_client_certificate"))
                        + bundle.Certificates
                ),
                new RenderedFile(
                    FrontEnd.RevocationLists,
                    FileHeader.Parts(Header("Revocation lists", folder, "crl-file, ssl_crl")) + bundle.RevocationLists
                ),
                new RenderedFile($"{Unit}.service", Service(loaded)),
                new RenderedFile($"{Unit}.timer", Timer()),
            ],
            bundle.Warnings
        )
        {
            // What people read the warnings for is the same that the bundle lacks.
            IsPartial = bundle.Warnings.Count > 0,
        };
    }

    private static string Header(string what, string folder, string options) =>
        FileHeader.Of(
            RenderTarget.TrustBundle,
            $"{what} of {Quoted.Comment(folder)}, for programs that read one file ({options}).",
            $"Stays in {FrontEnd.TrustFolder}; {Unit}.timer keeps it fresh."
        );

    private static string Service(LoadedSite loaded) =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.TrustBundle,
                "Makes the bundles of the grid's authorities anew, and lets HAProxy and nginx read them.",
                $"""
                Goes to /etc/systemd/system/{Unit}.service, beside {Unit}.timer. Then:
                    systemctl daemon-reload && systemctl enable --now {Unit}.timer
                """
            ),
            $"""
            [Unit]
            Description=Bundles of the grid's certification authorities
            """,
            // 3: a file of an authority could not be used, and the others were.
            $"""
            [Service]
            Type=oneshot
            ExecStart=/usr/bin/env fedsite federation render trust-bundle --quiet --config {Quoted.Path(
                Path.GetFullPath(loaded.Path),
                "--config"
            )} --output-dir {FrontEnd.TrustFolder}
            ExecStartPost=-/bin/sh -c 'for unit in haproxy nginx; do systemctl --quiet is-active "$$unit" && systemctl reload "$$unit"; done'
            SuccessExitStatus=3
            """
        );

    private static string Timer() =>
        FileHeader.Parts(
            FileHeader.Of(
                RenderTarget.TrustBundle,
                $"When {Unit}.service runs: as often as fetch-crl usually does.",
                $"Goes to /etc/systemd/system/{Unit}.timer."
            ),
            """
            [Unit]
            Description=Fresh bundles of the grid's certification authorities
            """,
            """
            [Timer]
            OnBootSec=15min
            OnUnitActiveSec=6h
            RandomizedDelaySec=10min
            """,
            """
            [Install]
            WantedBy=timers.target
            """
        );
}
