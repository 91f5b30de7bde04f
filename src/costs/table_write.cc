#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "costs/keys.h"
#include "costs/table_json.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The members of one object, those that say nothing left out.
class Members {
 public:
  void Text(std::string_view key, std::string_view value, std::string_view usual = "") {
    if (value != usual) Raw(key, Quoted(value));
  }
  void Flag(std::string_view key, bool value, bool usual = false) {
    if (value != usual) Raw(key, value ? "true" : "false");
  }
  template <class Number>
  void Figure(std::string_view key, Number value, Number usual = Number()) {
    if (value != usual) Raw(key, fmt::format("{}", value));
  }
  template <class Number>
  void Figure(std::string_view key, const std::optional<Number>& value) {
    if (value) Raw(key, fmt::format("{}", *value));
  }
  void Raw(std::string_view key, std::string_view json) {
    text_ += fmt::format("{}\"{}\": {}", text_.empty() ? "" : ", ", key, json);
  }
  /// The members of a JSON object, as they stand in it.
  void Extra(const std::string& object) {
    if (object.size() > 2)
      text_ += (text_.empty() ? "" : ", ") + object.substr(1, object.size() - 2);
  }
  std::string Object() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

template <class List, class ToJson>
std::string ListOf(const List& list, ToJson to_json) {
  std::string text;
  for (const auto& element : list) text += (text.empty() ? "" : ", ") + to_json(element);
  return "[" + text + "]";
}

struct KnobJson {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(int64_t value) const { return fmt::format("{}", value); }
  std::string operator()(double value) const { return fmt::format("{}", value); }
  std::string operator()(const std::string& value) const { return Quoted(value); }
};

std::string JsonOf(const contracts::DeviceProfile& device) {
  Members members;
  members.Text("cpu_model", device.cpu_model);
  members.Figure("cores", device.cores);
  members.Figure("cores_allowed", device.cores_allowed);
  members.Text("isa", device.isa);
  members.Figure("ram_mb", device.ram_mb);
  members.Figure("memory_limit_mb", device.memory_limit_mb);
  members.Text("governor", device.governor);
  members.Text("gpu_name", device.gpu_name);
  members.Figure("vram_mb", device.vram_mb);
  members.Text("driver", device.driver);
  members.Text("cuda", device.cuda);
  members.Text("os", device.os);
  members.Extra(device.extra);
  return members.Object();
}

std::string JsonOf(const contracts::Provenance& source) {
  Members members;
  members.Text("path", source.path);
  members.Text("commit", source.commit);
  members.Flag("dirty", source.dirty);
  members.Text("date", source.date);
  members.Extra(source.extra);
  return members.Object();
}

std::string JsonOf(const contracts::CostQuality& quality) {
  Members members;
  members.Figure("f1_truth", quality.f1_truth);
  members.Figure("f1_default", quality.f1_default);
  members.Text("report", quality.report);
  members.Extra(quality.extra);
  return members.Object();
}

std::string JsonOf(const contracts::CostSubject& subject) {
  const contracts::CostSubject usual;
  Members members;
  members.Text("component", subject.component);
  members.Text("component_part", subject.component_part);
  members.Text("owner", subject.owner, usual.owner);
  members.Text("unit", subject.unit);
  members.Text("unit_cost_model", subject.unit_cost_model);
  members.Text("runtime", subject.runtime, usual.runtime);
  members.Text("model_signature", subject.model_signature, usual.model_signature);
  members.Text("preset", subject.preset);
  Members knobs;
  for (const auto& [name, value] : subject.knobs) {
    const std::string key = Quoted(name);
    knobs.Raw(std::string_view(key).substr(1, key.size() - 2), std::visit(KnobJson(), value));
  }
  if (!subject.knobs.empty()) members.Raw("knobs", knobs.Object());
  members.Figure("max_batch_size_component", subject.max_batch_size_component);
  members.Flag("cross_video_batching", subject.cross_video_batching, usual.cross_video_batching);
  members.Text("cross_video_constraints", subject.cross_video_constraints);
  if (!subject.needs.empty()) members.Raw("needs", ListOf(subject.needs, Quoted));
  if (!subject.uses.empty()) members.Raw("uses", ListOf(subject.uses, Quoted));
  members.Text("notes", subject.notes);
  members.Extra(subject.extra);
  return members.Object();
}

std::string JsonOf(const contracts::InputBucket& bucket) {
  Members members;
  members.Figure("width", bucket.width);
  members.Figure("height", bucket.height);
  members.Figure("fps", bucket.fps);
  members.Figure("short_side", bucket.short_side);
  if (bucket.width > 0) members.Text("aspect", AspectName(bucket.aspect));
  members.Figure("duration_s", bucket.duration_s);
  members.Extra(bucket.extra);
  return members.Object();
}

std::string JsonOf(const contracts::CostPoint& point) {
  Members members;
  members.Raw("batch", fmt::format("{}", point.batch));
  members.Raw("ms", fmt::format("{}", point.ms));
  members.Figure("peak_mb", point.peak_mb);
  members.Extra(point.extra);
  return members.Object();
}

std::string JsonOf(const contracts::CostTerm& term) {
  Members members;
  members.Text("driver", term.driver);
  members.Raw("ms", fmt::format("{}", term.ms));
  members.Extra(term.extra);
  return members.Object();
}

/// Blocks that are written once and named by rows. The same content has the same name; where the
/// name says something (a device's id), only if it was wished for, too.
class Named {
 public:
  explicit Named(bool name_counts = false) : name_counts_(name_counts) {}

  /// `wish` is the name, with a number behind it where another block has it.
  const std::string& Name(const std::string& wish, const std::string& json) {
    std::string content = name_counts_ ? fmt::format("{}\n{}", wish, json) : json;
    const auto known = names_.find(content);
    if (known != names_.end()) return known->second;
    std::string name = wish;
    int& number = numbers_[wish];
    for (number = std::max(number, 1); taken_.contains(name);
         name = fmt::format("{} #{}", wish, ++number)) {
    }
    taken_.insert(name);
    lines_.push_back(fmt::format("    {}: {}", Quoted(name), json));
    return names_.emplace(std::move(content), name).first->second;
  }
  std::string Section(std::string_view key) const {
    return fmt::format("  \"{}\": {{{}{}}},\n", key, lines_.empty() ? "" : "\n",
                       lines_.empty() ? "" : fmt::format("{}\n  ", fmt::join(lines_, ",\n")));
  }

 private:
  bool name_counts_;
  std::map<std::string, std::string> names_;  // by content
  std::map<std::string, int> numbers_;        // the last one given, by what was wished for
  std::set<std::string> taken_;
  std::vector<std::string> lines_;
};

std::string SubjectName(const contracts::CostSubject& subject) {
  std::string name = subject.component;
  if (!subject.component_part.empty()) name += "/" + subject.component_part;
  if (!subject.preset.empty()) name += "/" + subject.preset;
  return name;
}

std::string SourceName(const contracts::Provenance& source) {
  if (source.path.empty() && source.commit.empty()) return "unknown";
  return source.commit.empty() ? source.path : source.path + "@" + source.commit.substr(0, 10);
}

class TableWriter {
 public:
  std::string Write(const contracts::CostTable& table) {
    std::vector<std::string> rows;
    for (const CostRow& row : table.rows) rows.push_back("    " + RowJson(row));
    std::vector<std::string> summaries;
    for (const contracts::CostSummary& one : table.summaries)
      summaries.push_back("    " + SummaryJson(one));
    std::string text = fmt::format(
        "{{\n  \"schema_version\": \"{}\",\n  \"memory_unit\": \"MiB\",\n", kTableSchema);
    text += devices_.Section("devices") + sources_.Section("sources") +
            subjects_.Section("subjects") + qualities_.Section("qualities");
    const auto section = [&](std::string_view key, const std::vector<std::string>& lines,
                             std::string_view end) {
      text += fmt::format("  \"{}\": [{}{}]{}\n", key, lines.empty() ? "" : "\n",
                          lines.empty() ? "" : fmt::format("{}\n  ", fmt::join(lines, ",\n")), end);
    };
    section("rows", rows, ",");
    section("summaries", summaries, table.extra.size() > 2 ? "," : "");
    if (table.extra.size() > 2) text += "  " + table.extra.substr(1, table.extra.size() - 2) + "\n";
    return text + "}\n";
  }

 private:
  /// A block is shared by many rows: its JSON is made once.
  template <class T, class NameOf>
  const std::string& NameFor(Named& named, const std::shared_ptr<const T>& block, NameOf name_of) {
    const std::string*& name = by_block_[block.get()];
    if (name == nullptr) name = &named.Name(name_of(*block), JsonOf(*block));
    return *name;
  }

  template <class Entry>
  void Shared(const Entry& entry, Members& members) {
    members.Raw("subject", Quoted(NameFor(subjects_, entry.subject, SubjectName)));
    members.Raw("device", Quoted(NameFor(devices_, entry.device,
                                         [](const auto& device) { return device.id; })));
    members.Raw("source", Quoted(NameFor(sources_, entry.provenance, SourceName)));
  }

  std::string RowJson(const CostRow& row) {
    Members members;
    Shared(row, members);
    if (row.bucket != contracts::InputBucket()) members.Raw("bucket", JsonOf(row.bucket));
    members.Text("input", InputKindName(row.input_kind));
    members.Figure("threads", row.threads, 1);
    members.Figure("concurrency", row.concurrency, 1);
    members.Text("isa", row.isa);
    members.Figure("latency_ms_per_unit", row.latency_ms_per_unit);
    members.Figure("latency_ms_fixed", row.latency_ms_fixed);
    members.Figure("cpu_rss_peak_mb", row.cpu_rss_peak_mb);
    members.Figure("cpu_rss_raw_mb", row.cpu_rss_raw_mb);
    members.Figure("input_mb", row.input_mb);
    members.Figure("cpu_rss_fixed_mb", row.cpu_rss_fixed_mb);
    members.Figure("gpu_memory_per_task_mb", row.gpu_memory_per_task_mb);
    members.Figure("gpu_memory_fixed_mb", row.gpu_memory_fixed_mb);
    members.Figure("units_per_call", row.units_per_call);
    if (!row.samples_ms.empty())
      members.Raw("samples_ms", fmt::format("[{}]", fmt::join(row.samples_ms, ", ")));
    members.Figure("spikes", row.spikes);
    members.Flag("noisy", row.noisy);
    members.Flag("extrapolated", row.extrapolated);
    if (!row.points.empty())
      members.Raw("points", ListOf(row.points, [](const auto& point) { return JsonOf(point); }));
    if (!row.terms.empty())
      members.Raw("terms", ListOf(row.terms, [](const auto& term) { return JsonOf(term); }));
    if (row.quality)
      members.Text("quality", NameFor(qualities_, row.quality, [](const auto& quality) {
                     return quality.report.empty() ? std::string("quality") : quality.report;
                   }));
    if (!row.measure.empty()) members.Raw("measure", row.measure);
    members.Extra(row.extra);
    return members.Object();
  }

  std::string SummaryJson(const contracts::CostSummary& one) {
    Members members;
    Shared(one, members);
    members.Raw("aspect", Quoted(AspectName(one.aspect)));
    members.Text("input", InputKindName(one.input_kind));
    members.Figure("threads", one.threads, 1);
    members.Figure("concurrency", one.concurrency, 1);
    members.Figure("buckets", one.buckets);
    members.Figure("min_ms", one.min_ms);
    members.Figure("p50_ms", one.p50_ms);
    members.Figure("p95_ms", one.p95_ms);
    members.Figure("max_ms", one.max_ms);
    members.Extra(one.extra);
    return members.Object();
  }

  Named devices_{true};
  Named sources_;
  Named subjects_;
  Named qualities_;
  std::map<const void*, const std::string*> by_block_;
};

}  // namespace

std::string WriteTable(const contracts::CostTable& table) { return TableWriter().Write(table); }

}  // namespace reelbatch::costs
