using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using FedSite.Grid;

namespace FedSite.Bench;

/// <summary>Signs and verifies messages of 700 kB, one after the other in one thread.</summary>
internal static class SigningSpeed
{
    private const int TextBytes = 700_000;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    public static void Run(string certificate, string key, string trust)
    {
        using var credential = HostCredential.Load(certificate, key, TimeProvider.System);
        var folder = TrustFolder.Load(trust);
        var text = Text();
        // Signing reads the message back and checks its signature before it hands it out.
        var signed = Measure(() => SignedMessage.Sign(text, credential, TimeProvider.System.GetUtcNow()));
        var both = Measure(() =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var check = SignedMessage.Verify(SignedMessage.Sign(text, credential, now), folder, now);
            if (!check.IsValid)
                throw new InvalidOperationException($"The message does not verify: {check.Findings[0].Text}");
        });
        using var rsa = credential.Certificate.GetRSAPublicKey();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{signed:F0} signed, each read back and verified; {both:F0} when a receiver's check of the chain is added (RSA {rsa?.KeySize})"
            )
        );
    }

    /// <summary>Messages for each second of processor time, which counts threads that help, too.</summary>
    private static double Measure(Action once)
    {
        once();
        var watch = Stopwatch.StartNew();
        var before = Environment.CpuUsage.TotalTime;
        var count = 0;
        for (; watch.Elapsed < Duration; count++)
        {
            once();
        }
        return count / (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <summary>As an accounting message: lines of some 40 characters.</summary>
    private static byte[] Text()
    {
        var line = "LocalUserId: 0123456789abcdef0123456789abcdef\n"u8;
        var text = new byte[TextBytes];
        for (var at = 0; at < text.Length; at += line.Length)
        {
            line[..Math.Min(line.Length, text.Length - at)].CopyTo(text.AsSpan(at));
        }
        text[^1] = (byte)'\n';
        return text;
    }
}
