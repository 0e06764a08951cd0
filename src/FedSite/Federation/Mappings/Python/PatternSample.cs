using System.Text;

namespace FedSite.Federation.Mappings.Python;

/// <summary>A text that a regular expression matches, as short and as plain as can be.</summary>
internal static class PatternSample
{
    /// <summary>Null: none is found, or it is no expression.</summary>
    public static string? Of(string pattern)
    {
        try
        {
            var text = new StringBuilder();
            var (root, _) = PatternParser.Parse(pattern);
            return Add(text, root, repeated: false) && PythonPattern.Compile(pattern).IsIn(text.ToString())
                ? text.ToString()
                : null;
        }
        catch (Exception e) when (e is PythonError or UndecidedException)
        {
            return null;
        }
    }

    private static bool Add(StringBuilder text, PatternNode node, bool repeated)
    {
        switch (node)
        {
            case PatternNode.One one:
                // A lone dot is mostly meant as one; one that is repeated stands for anything.
                var sample = one.Set.Sample(repeated ? "xa0._" : ".xa0_");
                text.Append(sample is { } point ? char.ConvertFromUtf32(point) : "");
                return sample is not null;
            case PatternNode.Sequence sequence:
                return sequence.Items.All(item => Add(text, item, repeated));
            case PatternNode.Branch branch:
                return Add(text, branch.Choices[0], repeated);
            case PatternNode.Group group:
                return Add(text, group.Body, repeated);
            case PatternNode.Repeat repeat:
                for (long i = 0; i < Math.Min(repeat.Least, 100); i++)
                {
                    if (!Add(text, repeat.Body, repeated: true))
                        return false;
                }

                return true;
            default:
                return node is PatternNode.At or PatternNode.Look;
        }
    }
}
