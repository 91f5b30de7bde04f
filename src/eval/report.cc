#include "eval/report.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace reelbatch::eval {
namespace {

using base::Json;

struct Figure {
  std::string_view name;
  std::optional<double> (*value)(const Score&);
};

double Real(int64_t n) { return static_cast<double>(n); }

constexpr std::array kFigures = {
    Figure{"hard_P",
           [](const Score& s) { return Ratio(Real(s.hard_tp), Real(s.hard_tp + s.hard_false)); }},
    Figure{"hard_R", [](const Score& s) { return Ratio(Real(s.hard_tp), Real(s.hard)); }},
    Figure{"hard_F1", HardF1},
    Figure{"soft_R", [](const Score& s) { return Ratio(Real(s.soft_found), Real(s.soft)); }},
    Figure{"soft_P",
           [](const Score& s) {
             return Ratio(Real(s.soft_predictions_right), Real(s.soft_predictions));
           }},
    Figure{"soft_IoU_found", [](const Score& s) { return Ratio(s.iou_sum, Real(s.soft_found)); }},
    Figure{"soft_IoU_all", [](const Score& s) { return Ratio(s.iou_sum, Real(s.soft)); }},
    Figure{"type_accuracy",
           [](const Score& s) { return Ratio(Real(s.type_right), Real(s.soft_found)); }},
    Figure{"all_P",
           [](const Score& s) {
             return Ratio(Real(s.matched()), Real(s.matched() + s.false_events()));
           }},
    Figure{"all_R", [](const Score& s) { return Ratio(Real(s.matched()), Real(s.hard + s.soft)); }},
    Figure{"all_F1", AllF1},
    Figure{"false_per_minute",
           [](const Score& s) { return Ratio(Real(s.false_events()), s.minutes); }},
    Figure{"scenes_F1", [](const Score& s) { return F1(s.scenes); }},
    Figure{"clipshots_cut_F1", [](const Score& s) { return F1(s.clipshots_cut); }},
    Figure{"clipshots_gradual_F1", [](const Score& s) { return F1(s.clipshots_gradual); }},
};

Json Counted(const Score& s) {
  Json json;
  json["hard"] = s.hard;
  json["hard_tp"] = s.hard_tp;
  json["hard_false"] = s.hard_false;
  json["soft"] = s.soft;
  json["soft_found"] = s.soft_found;
  json["soft_one_to_one"] = s.soft_one_to_one;
  json["soft_as_point"] = s.soft_as_point;
  json["soft_false"] = s.soft_false;
  json["soft_predictions"] = s.soft_predictions;
  json["soft_predictions_right"] = s.soft_predictions_right;
  json["hard_as_soft"] = s.hard_as_soft;
  json["iou_sum"] = s.iou_sum;
  json["type_right"] = s.type_right;
  json["ignored_at_edges"] = s.ignored_at_edges;
  json["false_in_hard_negatives"] = s.false_in_hard_negatives;
  json["scenes_tp"] = s.scenes.tp;
  json["scenes_fp"] = s.scenes.fp;
  json["scenes_fn"] = s.scenes.fn;
  json["minutes"] = s.minutes;
  return json;
}

Json Mistakes(const std::vector<Mistake>& mistakes) {
  Json list = Json::array();
  for (const Mistake& one : mistakes) {
    Json item{{"type", KindName(one.kind)}, {"start", one.span.start}, {"end", one.span.end}};
    list.push_back(std::move(item));
  }
  return list;
}

Json Matches(const std::vector<GradualMatch>& matches) {
  Json list = Json::array();
  for (const GradualMatch& one : matches) {
    list.push_back({{"type", KindName(one.kind)},
                    {"start", one.span.start},
                    {"end", one.span.end},
                    {"found", KindName(one.found)},
                    {"IoU", one.iou}});
  }
  return list;
}

Json ByKind(const Score& score) {
  Json json;
  for (const Kind kind : {Kind::kHard, Kind::kFade, Kind::kDissolve, Kind::kWipe}) {
    const KindCounts& counts = score.kinds[static_cast<size_t>(kind)];
    json[std::string(KindName(kind))] = {
        {"truths", counts.truths},
        {"found", counts.found},
        {"R", base::ValueOrNull(Ratio(Real(counts.found), Real(counts.truths)))},
        {"IoU", base::ValueOrNull(Ratio(counts.iou_sum, Real(counts.found)))}};
  }
  return json;
}

Json Reliability(const Row& row) {
  Json list = Json::array();
  for (const ReliabilityBin& bin : ReliabilityOf(row.clips)) {
    list.push_back(
        {{"low", bin.low},
         {"predictions", bin.predictions},
         {"right", bin.right},
         {"mean_confidence", base::ValueOrNull(Ratio(bin.confidence_sum, Real(bin.predictions)))}});
  }
  return list;
}

Json IntervalOrNull(const std::optional<Interval>& interval) {
  return interval ? Json{interval->low, interval->high} : Json(nullptr);
}

std::string CsvLine(const std::string& row, const std::string& clip, const Score& score) {
  // Names are file names: a quote in one is doubled, as RFC 4180 has it.
  const auto quoted = [](const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + "\"";
  };
  std::string line = quoted(row) + "," + quoted(clip);
  const Json counted = Counted(score);
  for (const auto& [name, value] : counted.items()) line += "," + value.dump();
  for (const Figure& figure : kFigures) {
    const auto value = figure.value(score);
    line += value ? fmt::format(",{:.6f}", *value) : ",";
  }
  return line + "\n";
}

}  // namespace

base::Json JsonOf(const Row& row) {
  const Score total = Pool(row.clips);
  Json json;
  json["total"] = Counted(total);
  json["total"]["clips"] = total.clips;
  for (const Figure& figure : kFigures)
    json["total"][std::string(figure.name)] = base::ValueOrNull(figure.value(total));
  json["total"]["false_events"] = total.false_events();
  json["total"]["interval"] = {{"hard_F1", IntervalOrNull(Bootstrap(row.clips, HardF1))},
                               {"all_F1", IntervalOrNull(Bootstrap(row.clips, AllF1))}};
  json["total"]["by_type"] = ByKind(total);
  json["reliability"] = Reliability(row);
  json["notes"] = row.notes;
  json["clips"] = Json::object();
  for (const ClipScore& clip : row.clips) {
    Json one = Counted(clip.score);
    one["hard_F1"] = base::ValueOrNull(HardF1(clip.score));
    one["all_F1"] = base::ValueOrNull(AllF1(clip.score));
    one["missed_hard"] = Mistakes(clip.missed_hard);
    one["missed_soft"] = Mistakes(clip.missed_soft);
    one["false_events"] = Mistakes(clip.false_events);
    one["soft_matches"] = Matches(clip.soft_matches);
    json["clips"][clip.name] = std::move(one);
  }
  return json;
}

std::string CsvOf(std::span<const Row> rows) {
  std::string text = "row,clip";
  const Json counted = Counted({});
  for (const auto& [name, value] : counted.items()) text += "," + name;
  for (const Figure& figure : kFigures) text += "," + std::string(figure.name);
  text += "\n";
  for (const Row& row : rows) {
    for (const ClipScore& clip : row.clips) text += CsvLine(row.name, clip.name, clip.score);
    text += CsvLine(row.name, "*", Pool(row.clips));
  }
  return text;
}

std::optional<double> FigureOf(const Score& score, std::string_view name) {
  for (const Figure& figure : kFigures) {
    if (figure.name == name) return figure.value(score);
  }
  return std::nullopt;
}

std::vector<std::string> FigureNames() {
  std::vector<std::string> names;
  for (const Figure& figure : kFigures) names.emplace_back(figure.name);
  return names;
}

}  // namespace reelbatch::eval
