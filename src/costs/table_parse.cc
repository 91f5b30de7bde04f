#include <fmt/format.h>

#include <utility>

#include "costs/json_object.h"
#include "costs/repeated_rows.h"
#include "costs/table_blocks.h"
#include "costs/table_json.h"

namespace reelbatch::costs {
namespace {

using contracts::CostRow;

constexpr double kMostMs = 3.6e6;  // an hour
constexpr int64_t kMostUnits = 1'000'000'000;

constexpr std::array<std::string_view, 8> kDocumentKeys = {
    "schema_version", "memory_unit", "devices", "sources",
    "subjects",       "qualities",   "rows",    "summaries"};
constexpr size_t kRows = 6;
constexpr size_t kSummaries = 7;
constexpr std::array<std::string_view, 3> kPointKeys = {"batch", "ms", "peak_mb"};
constexpr std::array<std::string_view, 2> kTermKeys = {"driver", "ms"};

class TableParser {
 public:
  /// `bytes` of the document: a row takes 256 or more, and growing a list of a million is dear.
  TableParser(JsonLog& log, size_t bytes) : log_(log), blocks_(log) {
    table_.rows.reserve(bytes / 256);
  }

  /// What rows refer to, wherever it stands.
  void Blocks(simdjson::ondemand::value value) {
    bool versioned = false;
    table_.extra = ReadMembers(value, kDocumentKeys, log_, {}, [&](size_t key, JsonMember& member) {
      versioned = versioned || key == 0;
      Block(key, member);
    });
    if (!versioned) {
      log_.Reject({}, "schema_version",
                  fmt::format("is missing; \"{}\" is what this program reads", kTableSchema));
    }
  }

  void Rows(simdjson::ondemand::value value) {
    ReadMembers(value, kDocumentKeys, log_, {}, [&](size_t key, JsonMember& member) {
      if (key == kRows) ReadElements(member, [&](size_t index, auto row) { Row(index, row); });
      if (key == kSummaries)
        ReadElements(member, [&](size_t index, auto one) { Summary(index, one); });
    });
  }

  contracts::CostTable Take() {
    if (!log_.failed()) DropRepeats(table_.rows, "rows", log_);
    return std::move(table_);
  }

 private:
  void Block(size_t key, JsonMember& member) {
    switch (key) {
      case 0: {
        const std::string_view version = member.Text();
        if (version == kTableSchema) return;
        return member.Reject(fmt::format(
            "is '{}'; this program reads {} (`reelbatch costs import` reads the v1 tables)",
            version, kTableSchema));
      }
      case 1:
        return blocks_.MemoryUnit(member);
      case 2:
        return blocks_.Devices(member);
      case 3:
        return blocks_.Sources(member);
      case 4:
        return blocks_.Subjects(member);
      case 5:
        return blocks_.Qualities(member);
      default:
        return;  // Rows() reads them
    }
  }

  void Bucket(JsonMember& member, contracts::InputBucket& bucket) {
    static constexpr std::array<std::string_view, 6> kKeys = {"width",      "height", "fps",
                                                              "short_side", "aspect", "duration_s"};
    JsonPlace where = member.where;
    where.inner = "bucket";
    bucket.extra =
        ReadMembers(member.value, kKeys, log_, where, [&](size_t key, JsonMember& inner) {
          if (key == 2) {
            bucket.fps = inner.Number(0, 10000);
          } else if (key == 5) {
            bucket.duration_s = inner.Number(0, 1e9);
          } else if (key == 4) {
            bucket.aspect = Aspect(inner);
          } else {
            (key == 0   ? bucket.width
             : key == 1 ? bucket.height
                        : bucket.short_side) = static_cast<int>(inner.Whole(0, kMostSide));
          }
        });
  }

  static contracts::Aspect Aspect(JsonMember& member) {
    const std::string_view name = member.Text();
    if (name != "16:9" && name != "9:16")
      member.Reject(fmt::format("must be \"16:9\" or \"9:16\", is '{}'", name));
    return name == "9:16" ? contracts::Aspect::k9x16 : contracts::Aspect::k16x9;
  }

  static contracts::InputKind Kind(JsonMember& member) {
    const std::string_view name = member.Text();
    if (name != "noise" && name != "real")
      member.Reject(fmt::format("must be \"noise\" or \"real\", is '{}'", name));
    return name == "real" ? contracts::InputKind::kReal : contracts::InputKind::kNoise;
  }

  void Row(size_t index, simdjson::ondemand::value value) {
    static constexpr std::array<std::string_view, 25> kKeys = {"subject",
                                                               "device",
                                                               "source",
                                                               "bucket",
                                                               "input",
                                                               "threads",
                                                               "concurrency",
                                                               "isa",
                                                               "latency_ms_per_unit",
                                                               "latency_ms_fixed",
                                                               "cpu_rss_peak_mb",
                                                               "cpu_rss_raw_mb",
                                                               "input_mb",
                                                               "cpu_rss_fixed_mb",
                                                               "gpu_memory_per_task_mb",
                                                               "gpu_memory_fixed_mb",
                                                               "units_per_call",
                                                               "samples_ms",
                                                               "spikes",
                                                               "noisy",
                                                               "extrapolated",
                                                               "points",
                                                               "terms",
                                                               "quality",
                                                               "measure"};
    CostRow& row = table_.rows.emplace_back();
    const JsonPlace where{.list = "rows", .index = static_cast<int64_t>(index)};
    row.extra = ReadMembers(value, kKeys, log_, where,
                            [&](size_t key, JsonMember& member) { RowMember(key, member, row); });
    for (const auto& [field, missing] : {std::pair{"subject", !row.subject},
                                         {"device", !row.device},
                                         {"source", !row.provenance}}) {
      if (missing) log_.Reject(where, field, "is missing");
    }
  }

  void RowMember(size_t key, JsonMember& member, CostRow& row) {
    switch (key) {
      case 0:
        row.subject = blocks_.subjects.Find(member);
        return;
      case 1:
        row.device = blocks_.devices.Find(member);
        return;
      case 2:
        row.provenance = blocks_.sources.Find(member);
        return;
      case 3:
        return Bucket(member, row.bucket);
      case 4:
        row.input_kind = Kind(member);
        return;
      case 5:
        row.threads = static_cast<int>(member.Whole(1, kMostSide));
        return;
      case 6:
        row.concurrency = static_cast<int>(member.Whole(1, kMostSide));
        return;
      case 7:
        row.isa = member.Text();
        return;
      case 16:
        row.units_per_call = static_cast<int>(member.Whole(0, kMostUnits));
        return;
      case 18:
        row.spikes = static_cast<int>(member.Whole(0, kMostUnits));
        return;
      case 19:
        row.noisy = member.Flag();
        return;
      case 20:
        row.extrapolated = member.Flag();
        return;
      case 23:
        row.quality = blocks_.qualities.Find(member);
        return;
      case 24:
        row.measure = member.Raw();
        return;
      default:
        return RowFigure(key, member, row);
    }
  }

  void RowFigure(size_t key, JsonMember& member, CostRow& row) {
    switch (key) {
      case 8:
        row.latency_ms_per_unit = member.NumberOrNone(0, kMostMs);
        return;
      case 9:
        row.latency_ms_fixed = member.Number(0, kMostMs);
        return;
      case 10:
        row.cpu_rss_peak_mb = blocks_.Memory(member);
        return;
      case 11:
        row.cpu_rss_raw_mb = blocks_.Memory(member);
        return;
      case 12:
        row.input_mb = blocks_.Memory(member);
        return;
      case 13:
        row.cpu_rss_fixed_mb = blocks_.Memory(member).value_or(0);
        return;
      case 14:
        row.gpu_memory_per_task_mb = blocks_.Memory(member);
        return;
      case 15:
        row.gpu_memory_fixed_mb = blocks_.Memory(member).value_or(0);
        return;
      case 17:
        return ReadElements(member, [&](size_t, auto sample) {
          row.samples_ms.push_back(static_cast<float>(
              JsonMember{sample, log_, member.where, member.key}.Number(0, kMostMs * 1000)));
        });
      case 21:
        return Points(member, row);
      default:
        return Terms(member, row);
    }
  }

  void Points(JsonMember& list, CostRow& row) {
    ReadElements(list, [&](size_t index, auto value) {
      contracts::CostPoint& point = row.points.emplace_back();
      JsonPlace where = list.where;
      where.inner = "points";
      where.inner_index = static_cast<int64_t>(index);
      point.extra =
          ReadMembers(value, kPointKeys, log_, where, [&](size_t key, JsonMember& member) {
            if (key == 0) {
              point.batch = static_cast<int>(member.Whole(1, kMostUnits));
            } else if (key == 1) {
              point.ms = member.Number(0, kMostMs * 1000);
            } else {
              point.peak_mb = blocks_.Memory(member);
            }
          });
      if (index > 0 && row.points[index - 1].batch >= point.batch) {
        log_.Reject(where, "batch", "must grow from point to point");
      }
    });
  }

  void Terms(JsonMember& list, CostRow& row) {
    ReadElements(list, [&](size_t index, auto value) {
      contracts::CostTerm& term = row.terms.emplace_back();
      JsonPlace where = list.where;
      where.inner = "terms";
      where.inner_index = static_cast<int64_t>(index);
      term.extra = ReadMembers(value, kTermKeys, log_, where, [&](size_t key, JsonMember& member) {
        if (key == 0) {
          term.driver = member.Text();
        } else {
          term.ms = member.Number(0, kMostMs);
        }
      });
      if (term.driver.empty()) log_.Reject(where, "driver", "is missing");
    });
  }

  void Summary(size_t index, simdjson::ondemand::value value) {
    static constexpr std::array<std::string_view, 12> kKeys = {
        "subject",     "device",  "source", "aspect", "input",  "threads",
        "concurrency", "buckets", "min_ms", "p50_ms", "p95_ms", "max_ms"};
    contracts::CostSummary& one = table_.summaries.emplace_back();
    const JsonPlace where{.list = "summaries", .index = static_cast<int64_t>(index)};
    one.extra = ReadMembers(value, kKeys, log_, where, [&](size_t key, JsonMember& member) {
      switch (key) {
        case 0:
          one.subject = blocks_.subjects.Find(member);
          return;
        case 1:
          one.device = blocks_.devices.Find(member);
          return;
        case 2:
          one.provenance = blocks_.sources.Find(member);
          return;
        case 3:
          one.aspect = Aspect(member);
          return;
        case 4:
          one.input_kind = Kind(member);
          return;
        case 5:
        case 6:
        case 7:
          (key == 5   ? one.threads
           : key == 6 ? one.concurrency
                      : one.buckets) = static_cast<int>(member.Whole(1, kMostSide));
          return;
        default:
          (key == 8    ? one.min_ms
           : key == 9  ? one.p50_ms
           : key == 10 ? one.p95_ms
                       : one.max_ms) = member.Number(0, kMostMs);
      }
    });
    for (const auto& [field, missing] : {std::pair{"subject", !one.subject},
                                         {"device", !one.device},
                                         {"source", !one.provenance}}) {
      if (missing) log_.Reject(where, field, "is missing");
    }
  }

  JsonLog& log_;
  contracts::CostTable table_;
  TableBlocks blocks_;
};

}  // namespace

base::Result<LoadedTable> ParseTable(std::string text, std::string_view name) {
  JsonLog log(name);
  const size_t length = text.size();
  text.reserve(length + simdjson::SIMDJSON_PADDING);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  if (parser.iterate(text.data(), length, text.capacity()).get(document) != simdjson::SUCCESS) {
    log.RejectBroken({}, "");
    return std::unexpected(log.ErrorIn(text));
  }
  TableParser table(log, length);
  simdjson::ondemand::value value;
  const char* rest = nullptr;
  if (document.get_value().get(value) != simdjson::SUCCESS) {
    log.RejectBroken({}, "");
    return std::unexpected(log.ErrorIn(text));
  }
  table.Blocks(value);
  if (!log.failed() && document.current_location().get(rest) == simdjson::SUCCESS) {
    log.Reject({}, "", "has something behind its end; delete it");
  }
  if (!log.failed()) {
    document.rewind();
    if (document.get_value().get(value) == simdjson::SUCCESS) table.Rows(value);
  }
  LoadedTable loaded{.table = table.Take(), .warnings = {}};
  if (log.failed()) return std::unexpected(log.ErrorIn(text));
  loaded.warnings = log.TakeWarnings();
  return loaded;
}

}  // namespace reelbatch::costs
