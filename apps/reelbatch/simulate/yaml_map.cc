#include "apps/reelbatch/simulate/yaml_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "apps/reelbatch/option_values.h"
#include "apps/reelbatch/terminal.h"
#include "base/suggest.h"

namespace reelbatch::app {
namespace {

template <class T>
bool Parse(const std::string& text, T& value) {
  T read{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, read);
  if (error != std::errc() || rest != end) return false;
  value = read;
  return true;
}

}  // namespace

YamlMap::YamlMap(const YamlFile& file, const YAML::Node& node, std::string path)
    : file_(file), node_(node), path_(std::move(path)) {
  if (!node_.IsMap()) {
    FailAt(node_.Mark(), "", "must be a map of `key: value` lines");
    return;
  }
  std::set<std::string> seen;
  for (const auto& entry : node_) {
    if (!entry.first.IsScalar()) {
      FailAt(entry.first.Mark(), "", "a key must be a word");
    } else if (!seen.insert(entry.first.Scalar()).second) {
      FailAt(entry.first.Mark(), entry.first.Scalar(), "is given twice");
    }
  }
}

std::string YamlMap::PathOf(const std::string& key) const {
  if (path_.empty() || key.empty()) return OneLine(path_ + key);
  return OneLine(path_ + "." + key);
}

void YamlMap::FailAt(const YAML::Mark& mark, const std::string& key, const std::string& message) {
  if (!status_) return;
  const std::string path = PathOf(key);
  status_ = file_.Fail(mark, path.empty() ? message : path + ": " + message);
}

void YamlMap::Fail(const std::string& key, std::string message) {
  const YAML::Node value = node_.IsMap() ? node_[key] : YAML::Node();
  FailAt(value.IsDefined() ? value.Mark() : node_.Mark(), key, std::move(message));
}

bool YamlMap::Has(const std::string& key) const { return node_.IsMap() && node_[key].IsDefined(); }

std::optional<YAML::Node> YamlMap::Take(const std::string& key) {
  known_.insert(key);
  if (!status_ || !Has(key)) return std::nullopt;
  return node_[key];
}

std::optional<std::string> YamlMap::Scalar(const std::string& key, const char* wanted) {
  const auto value = Take(key);
  if (!value) return std::nullopt;
  if (!value->IsScalar()) {
    FailAt(value->Mark(), key, fmt::format("must be {}", wanted));
    return std::nullopt;
  }
  return value->Scalar();
}

void YamlMap::Number(const std::string& key, double& value) {
  const auto text = Scalar(key, "a number");
  if (!text) return;
  double read = 0;
  if (!Parse(*text, read) || !std::isfinite(read))
    return Fail(key, fmt::format("must be a number, but is '{}'", OneLine(*text)));
  value = read;
}

void YamlMap::Number(const std::string& key, std::optional<double>& value) {
  double read = 0;
  const bool there = Has(key);
  Number(key, read);
  if (there && status_) value = read;
}

template <class T>
void YamlMap::ReadInteger(const std::string& key, T& value) {
  const auto text = Scalar(key, "a whole number");
  if (text && !Parse(*text, value))
    Fail(key, fmt::format("must be a whole number, but is '{}'", OneLine(*text)));
}

void YamlMap::Integer(const std::string& key, int& value) { ReadInteger(key, value); }
void YamlMap::Integer(const std::string& key, int64_t& value) { ReadInteger(key, value); }

void YamlMap::Integer(const std::string& key, std::optional<int64_t>& value) {
  int64_t read = 0;
  const bool there = Has(key);
  ReadInteger(key, read);
  if (there && status_) value = read;
}

void YamlMap::Switch(const std::string& key, bool& value) {
  const auto text = Scalar(key, "yes or no");
  if (!text) return;
  const auto read = ParseSwitch(*text);
  if (!read) return Fail(key, read.error().message);
  value = *read;
}

void YamlMap::Word(const std::string& key, std::string& value) {
  if (auto text = Scalar(key, "a word")) value = std::move(*text);
}

void YamlMap::Words(const std::string& key, std::vector<std::string>& value) {
  const auto list = Take(key);
  if (!list) return;
  if (!list->IsSequence()) return FailAt(list->Mark(), key, "must be a list: [a, b]");
  value.clear();
  for (const YAML::Node& word : *list) {
    if (!word.IsScalar()) return FailAt(word.Mark(), key, "every entry must be a word");
    value.push_back(word.Scalar());
  }
}

void YamlMap::Integers(const std::string& key, std::vector<int>& value) {
  std::vector<std::string> words;
  const bool there = Has(key);
  Words(key, words);
  if (!there || !status_) return;
  value.clear();
  for (const std::string& word : words) {
    if (!Parse(word, value.emplace_back()))
      return Fail(key, fmt::format("must have whole numbers, but has '{}'", OneLine(word)));
  }
}

void YamlMap::Choice(const std::string& key, const std::vector<std::string>& words, int& value) {
  const auto text = Scalar(key, "a word");
  if (!text) return;
  const auto place = ParseChoice(*text, words);
  if (!place) return Fail(key, place.error().message);
  value = static_cast<int>(*place);
}

void YamlMap::Require(const std::string& key) {
  known_.insert(key);
  if (!Has(key)) FailAt(node_.Mark(), key, "is missing");
}

void YamlMap::Below(const YAML::Node& node, const std::string& path,
                    const std::function<base::Status(YamlMap&)>& read) {
  YamlMap below(file_, node, path);
  auto status = read(below);
  if (status) status = below.Finish();
  if (!status && status_) status_ = std::move(status);
}

void YamlMap::Map(const std::string& key, const std::function<base::Status(YamlMap&)>& read) {
  if (const auto value = Take(key)) Below(*value, PathOf(key), read);
}

void YamlMap::Maps(const std::string& key, const std::function<base::Status(YamlMap&)>& read) {
  const auto list = Take(key);
  if (!list) return;
  if (!list->IsSequence()) return FailAt(list->Mark(), key, "must be a list of maps");
  for (size_t k = 0; k < list->size(); ++k)
    Below((*list)[k], fmt::format("{}[{}]", PathOf(key), k), read);
}

base::Status YamlMap::Finish() {
  if (!status_) return status_;
  for (const auto& entry : node_) {
    const std::string& key = entry.first.Scalar();
    if (known_.contains(key)) continue;
    const std::vector<std::string> known(known_.begin(), known_.end());
    FailAt(entry.first.Mark(), key, fmt::format("is unknown{}", base::DidYouMean(key, known)));
    break;
  }
  return status_;
}

std::vector<std::string> YamlMap::Keys() const {
  std::vector<std::string> keys;
  if (!node_.IsMap()) return keys;
  for (const auto& entry : node_) {
    if (entry.first.IsScalar()) keys.push_back(entry.first.Scalar());
  }
  return keys;
}

}  // namespace reelbatch::app
