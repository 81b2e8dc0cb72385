"""What is wrong with the map of a city, in both languages: each names the feature and the way out."""

from __future__ import annotations

from enum import unique

from survey_service.tabular.problems import ProblemKind

_EXPORT = "请在地图软件里重新导出为 GeoJSON，坐标系选 WGS 84（EPSG:4326）。"
_EXPORT_EN = "Export it again as GeoJSON from the mapping program, in WGS 84 (EPSG:4326)."


@unique
class InMap(ProblemKind):
    TOO_LARGE = (
        "文件超过 {most} MB",
        "请在地图软件里简化边界，只留社区一层，再导出。",
        "the file is larger than {most} MB",
        "Simplify the borders in the mapping program, keep the layer of the communities, and export it again.",
    )
    NO_JSON = ("第 {line} 行不是规范的 JSON", _EXPORT, "line {line} is no JSON", _EXPORT_EN)
    NO_UTF8 = ("文件不是 UTF-8 编码", _EXPORT, "the file is not in UTF-8", _EXPORT_EN)
    NO_FINITE = ("有一个数是 {seen}", _EXPORT, "a number is {seen}", _EXPORT_EN)
    NO_COLLECTION = (
        "不是 GeoJSON 的 FeatureCollection，或者里面没有面",
        _EXPORT,
        "this is no GeoJSON FeatureCollection, or it holds nothing",
        _EXPORT_EN,
    )
    TOO_MANY = (
        "有 {count} 个面，最多 {most} 个",
        "只留社区一层，再导出。",
        "it has {count} features, at most {most} are taken",
        "Keep the layer of the communities alone and export it again.",
    )
    OTHER_SYSTEM = ("坐标系不是 WGS 84", _EXPORT, "its coordinates are not in WGS 84", _EXPORT_EN)
    NO_FEATURE = (
        "第 {number} 个[[（{name}）]]不是 Feature",
        _EXPORT,
        "number {number}[[ ({name})]] is no Feature",
        _EXPORT_EN,
    )
    NO_POLYGON = (
        "第 {number} 个[[（{name}）]]是 {seen}，不是面",
        "请只留面（Polygon 或 MultiPolygon），去掉点和线，再导出。",
        "number {number}[[ ({name})]] is a {seen}, no area",
        "Keep polygons alone (Polygon or MultiPolygon), without points and lines, and export it again.",
    )
    NO_RINGS = (
        "第 {number} 个[[（{name}）]]没有边界",
        _EXPORT,
        "number {number}[[ ({name})]] has no border",
        _EXPORT_EN,
    )
    SHORT_RING = (
        "第 {number} 个[[（{name}）]]的一段边界只有 {count} 个点，至少要 4 个",
        "请在地图软件里补全或删掉这一段。",
        "number {number}[[ ({name})]] has a border of {count} points, at least 4 are needed",
        "Complete or remove it in the mapping program.",
    )
    OPEN_RING = (
        "第 {number} 个[[（{name}）]]的一段边界没有闭合：最后一个点不是第一个点",
        "请在地图软件里闭合这一段。",
        "number {number}[[ ({name})]] has a border that is not closed: its last point is not its first",
        "Close it in the mapping program.",
    )
    NO_POSITION = (
        "第 {number} 个[[（{name}）]]里的“{seen}”不是坐标",
        _EXPORT,
        "“{seen}” in number {number}[[ ({name})]] is no position",
        _EXPORT_EN,
    )
    SWAPPED = (
        "第 {number} 个[[（{name}）]]里的“{seen}”经度、纬度写反了",
        "请先写经度、再写纬度，重新导出。",
        "“{seen}” in number {number}[[ ({name})]] has latitude before longitude",
        "Write the longitude first and export it again.",
    )
    NO_DEGREES = (
        "第 {number} 个[[（{name}）]]里的“{seen}”不是度数，可能是以米为单位的投影坐标",
        _EXPORT,
        "“{seen}” in number {number}[[ ({name})]] are no degrees, perhaps metres of a projection",
        _EXPORT_EN,
    )
    ELSEWHERE = (
        "第 {number} 个[[（{name}）]]里的“{seen}”不在中国范围内",
        _EXPORT,
        "“{seen}” in number {number}[[ ({name})]] lies outside China",
        _EXPORT_EN,
    )
    TOO_WIDE = (
        "所有的面加起来跨 {degrees} 度，不是一个城市",
        "请只留这个城市的社区，再导出。",
        "all of it spans {degrees} degrees: that is no city",
        "Keep the communities of this city alone and export it again.",
    )
    FLAT = ("所有的面都在一条线上", _EXPORT, "all of it lies on one line", _EXPORT_EN)
    STOPPED = (
        "文件读不了，或者读的时间太长",
        "请在地图软件里简化边界，再导出；别人正在传文件的话，过一分钟再试。",
        "the file cannot be read, or takes too long",
        "Simplify the borders and export it again; where others are uploading files, try again in a minute.",
    )
    NONE_MATCHED = (
        "没有一个面对得上这个城市的社区。文件里有这些属性：{names}",
        "请在地图软件里给每个面加一个属性，写社区的区划代码或者名称。",
        "no feature matches a community of this city. The file has these properties: {names}",
        "Give each feature a property with the code of its community, or its name.",
    )
    BAD_NUMBER = (
        "审图号“{seen}”不像审图号",
        "写成 GS（2026）1234号 这样；没有就留空。",
        "“{seen}” does not look like a map review number",
        "Write it as the authority gave it: letters, the year in brackets, the number; or leave it empty.",
    )
