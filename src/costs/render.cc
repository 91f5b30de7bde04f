#include "costs/render.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "costs/input_bucket.h"
#include "costs/keys.h"
#include "costs/markdown_table.h"
#include "costs/summary.h"

namespace reelbatch::costs {
namespace {

using contracts::Aspect;
using contracts::CostRow;
using contracts::CostSubject;
using contracts::CostSummary;

/// The bucket whose rows stand for a component where one figure has to do. Source:
/// docs/requirements.md, "Reference bucket".
constexpr int kReferenceSide = 720;

constexpr std::string_view kHead = R"(# Resource checklist

Made by `reelbatch costs render` from rows of costs: do not edit. The page says what a unit is, what
it costs, and what may be in one batch. N/A means not measured, which is not 0. Memory is in MiB,
time in ms per unit (stable mean).

)";

constexpr std::string_view kRules = R"(## Rules of the scheduler

- **No fallback to CPU.** What runs on CUDA fails there.
- **Out of memory**: a batch is tried 3 times, 2 s apart: as a whole, in halves, and one unit at a
  time. If one unit runs out of memory, the status is `error` (`insufficient_gpu_memory`), and no
  more units of the batch key run.
- **Budget** of GPU memory, and of main memory in the same way: `free = total - used`,
  `headroom = max(1024, round(free * 0.25))` (half to even), `effective = max(0, free - headroom)`,
  `batch = clamp(floor(effective / gpu_memory_per_task_mb), 1, max_batch_size_component)`.
- **Several videos in one batch** only where component, model_signature, runtime, device policy,
  every preprocessing parameter and the input bucket agree; at most 8 videos.
- **Triton**: the program forms the batch of each call, and Triton may join such batches.

)";

constexpr std::string_view kPolicy = R"(## Preset `auto`

S is the short side of the input bucket. S <= 320: `quality`. 320 < S <= 720: `default`. S > 720:
`default`, or `fast` where overload is declared (`--emergency-fast`).

)";

std::string DeviceOf(const CostRow& row) {
  std::string text = row.device->id;
  if (row.threads != 1) text += fmt::format(", {} threads", row.threads);
  if (row.concurrency != 1) text += fmt::format(", {} side by side", row.concurrency);
  return text;
}

std::string BatchingOf(const CostSubject& subject) {
  if (!subject.cross_video_batching) return "no";
  return subject.cross_video_constraints.empty() ? "yes"
                                                 : "yes (" + subject.cross_video_constraints + ")";
}

std::string DependenciesOf(const CostSubject& subject) {
  const auto list = [](std::string_view kind, const std::vector<std::string>& names) {
    return names.empty() ? std::string() : fmt::format("{}: {}", kind, fmt::join(names, ", "));
  };
  const std::string hard = list("hard", subject.needs);
  const std::string optional = list("optional", subject.uses);
  if (hard.empty() && optional.empty()) return "none";
  return hard + (hard.empty() || optional.empty() ? "" : "; ") + optional;
}

std::string SourceOf(const contracts::Provenance& source) {
  std::string text = "`" + source.path + "`";
  if (!source.commit.empty()) text += " @ `" + source.commit.substr(0, 10) + "`";
  if (source.dirty) text += " (dirty)";
  return text;
}

std::string MarksOf(const CostRow& row) {
  std::string marks;
  const auto mark = [&](bool is, std::string_view name) {
    if (is) marks += (marks.empty() ? "" : ", ") + std::string(name);
  };
  mark(row.noisy, "noisy");
  mark(row.extrapolated, "extrapolated");
  mark(row.provenance->dirty, "dirty tree");
  return marks;
}

bool IsSubstep(const CostSubject& subject) {
  return subject.component_part.ends_with("_only") ||
         subject.component_part.starts_with("postprocess_only");
}

std::string TermsOf(const CostRow& row) {
  if (row.terms.empty()) return MsText(row.latency_ms_per_unit);
  std::string text = MsText(row.latency_ms_fixed);
  for (const contracts::CostTerm& term : row.terms) {
    text += fmt::format(" + {} * {}", MsText(term.ms), term.driver);
  }
  return text;
}

/// Of the reference bucket, and those that stand for any size.
bool IsHeadline(const CostRow& row) {
  if (IsSubstep(*row.subject)) return false;
  return row.bucket.short_side == 0 ||
         (row.bucket.short_side == kReferenceSide && row.bucket.aspect == Aspect::k16x9);
}

std::string Rows(const contracts::CostTable& table) {
  MarkdownTable rows({"component", "owner", "unit", "input_bucket", "preset", "knobs",
                      "latency_ms_per_unit:", "cpu_rss_peak_mb:", "gpu_memory_per_task_mb:",
                      "max_batch:", "runtime", "model_signature", "cross_video_batching",
                      "dependencies", "F1:", "device", "notes", "provenance"});
  for (const CostRow& row : table.rows) {
    if (!IsHeadline(row)) continue;
    const CostSubject& subject = *row.subject;
    const std::string marks = MarksOf(row);
    const std::string batch = subject.max_batch_size_component
                                  ? fmt::format("{}", *subject.max_batch_size_component)
                                  : "N/A";
    const std::string f1 = row.quality && row.quality->f1_truth
                               ? fmt::format("{:.3f}", *row.quality->f1_truth)
                               : "N/A";
    rows.Row({PartText(subject), subject.owner, subject.unit,
              BucketText(row.bucket) + " " + std::string(InputKindName(row.input_kind)),
              subject.preset, KnobsText(subject.knobs), TermsOf(row), MbText(row.cpu_rss_peak_mb),
              MbText(row.gpu_memory_per_task_mb), batch, subject.runtime, subject.model_signature,
              BatchingOf(subject), DependenciesOf(subject), f1, DeviceOf(row),
              subject.notes + (subject.notes.empty() || marks.empty() ? "" : "; ") + marks,
              SourceOf(*row.provenance)});
  }
  return rows.empty() ? "" : "## Rows\n\n" + rows.text() + "\n";
}

std::string Substeps(const contracts::CostTable& table) {
  MarkdownTable rows(
      {"sub-step", "input", "preset", "latency_ms_per_unit:", "device", "provenance"});
  for (const CostRow& row : table.rows) {
    if (!IsSubstep(*row.subject)) continue;
    rows.Row({row.subject->component_part,
              BucketText(row.bucket) + " " + std::string(InputKindName(row.input_kind)),
              row.subject->preset, MsText(row.latency_ms_per_unit), DeviceOf(row),
              SourceOf(*row.provenance)});
  }
  return rows.empty() ? "" : "## Sub-steps\n\n" + rows.text() + "\n";
}

std::string LoadOf(const CostSummary& summary) {
  std::string text = std::string(InputKindName(summary.input_kind)) + ", " + summary.device->id;
  if (summary.concurrency != 1) text += fmt::format(", {} side by side", summary.concurrency);
  return text;
}

std::string Summaries(const contracts::CostTable& table) {
  MarkdownTable rows({"component", "input and device", "aspect", "preset",
                      "buckets:", "min:", "p50:", "p95:", "max:"});
  for (const CostSummary& one : Summarise(table)) {
    rows.Row({PartText(*one.subject), LoadOf(one), std::string(AspectName(one.aspect)),
              one.subject->preset, fmt::format("{}", one.buckets), MsText(one.min_ms),
              MsText(one.p50_ms), MsText(one.p95_ms), MsText(one.max_ms)});
  }
  return rows.empty()
             ? ""
             : "## Matrix summary\n\nms per unit over the short-side buckets of an aspect.\n\n" +
                   rows.text() + "\n";
}

/// A table of short sides by aspect and preset for every part, device, load and kind of input.
std::string Cells(const contracts::CostTable& table) {
  struct Matrix {
    std::vector<std::string> columns;
    std::map<int, std::map<std::string, std::string>> cells;  // by short side, by column
  };
  std::vector<std::pair<std::string, Matrix>> matrices;
  std::map<std::string, size_t> places;
  for (const CostRow& row : table.rows) {
    if (row.bucket.short_side == 0 || !row.latency_ms_per_unit || IsSubstep(*row.subject)) continue;
    const std::string title = fmt::format("{}, {} input, {}", PartText(*row.subject),
                                          InputKindName(row.input_kind), DeviceOf(row));
    const auto [place, fresh] = places.emplace(title, matrices.size());
    if (fresh) matrices.emplace_back(title, Matrix{});
    Matrix& matrix = matrices[place->second].second;
    const std::string column =
        fmt::format("{} {}", AspectName(row.bucket.aspect), row.subject->preset);
    if (std::ranges::find(matrix.columns, column) == matrix.columns.end())
      matrix.columns.push_back(column);
    matrix.cells[row.bucket.short_side][column] =
        MsText(row.latency_ms_per_unit) + (row.noisy ? " (noisy)" : "");
  }
  std::string text;
  for (const auto& [title, matrix] : matrices) {
    if (matrix.cells.size() < 2) continue;
    std::vector<std::string> headings{"S:"};
    for (const std::string& column : matrix.columns) headings.push_back(column + ":");
    MarkdownTable rows(headings);
    for (const auto& [side, cells] : matrix.cells) {
      std::vector<std::string> line{fmt::format("{}", side)};
      for (const std::string& column : matrix.columns) {
        const auto cell = cells.find(column);
        line.push_back(cell == cells.end() ? "N/A" : cell->second);
      }
      rows.Row(line);
    }
    text += "### " + title + "\n\n" + rows.text() + "\n";
  }
  return text.empty() ? "" : "## Every cell\n\nms per unit by short side.\n\n" + text;
}

std::string Devices(const contracts::CostTable& table) {
  std::map<std::string, const contracts::DeviceProfile*> devices;
  for (const CostRow& row : table.rows) devices.emplace(row.device->id, row.device.get());
  for (const CostSummary& one : table.summaries) devices.emplace(one.device->id, one.device.get());
  MarkdownTable rows({"device", "CPU", "cores:", "allowed:", "ISA", "RAM MiB:", "governor", "GPU",
                      "VRAM MiB:", "driver", "OS"});
  const auto text = [](const std::string& value) {
    return value.empty() ? std::string("N/A") : value;
  };
  const auto mib = [](std::optional<int64_t> value) {
    return value ? fmt::format("{}", *value) : std::string("N/A");
  };
  for (const auto& [id, device] : devices) {
    rows.Row(
        {id, text(device->cpu_model), device->cores > 0 ? fmt::format("{}", device->cores) : "N/A",
         device->cores_allowed > 0 ? fmt::format("{}", device->cores_allowed) : "N/A",
         text(device->isa), mib(device->ram_mb), text(device->governor), text(device->gpu_name),
         mib(device->vram_mb), text(device->driver), text(device->os)});
  }
  return rows.empty() ? "" : "## Devices\n\n" + rows.text() + "\n";
}

std::string Sources(const contracts::CostTable& table) {
  std::set<std::vector<std::string>> sources;
  const auto add = [&](const contracts::Provenance& source) {
    sources.insert({"`" + source.path + "`",
                    source.commit.empty() ? "N/A" : "`" + source.commit + "`",
                    source.dirty ? "yes" : "no", source.date.empty() ? "N/A" : source.date});
  };
  for (const CostRow& row : table.rows) add(*row.provenance);
  for (const CostSummary& one : table.summaries) add(*one.provenance);
  MarkdownTable rows({"file", "commit", "dirty", "date"});
  for (const auto& source : sources) rows.Row(source);
  return rows.empty() ? "" : "## Where the figures are from\n\n" + rows.text();
}

}  // namespace

std::string RenderChecklist(const contracts::CostTable& table) {
  return std::string(kHead) + std::string(kRules) + Rows(table) + Substeps(table) +
         Summaries(table) + Cells(table) + std::string(kPolicy) + Devices(table) + Sources(table);
}

}  // namespace reelbatch::costs
